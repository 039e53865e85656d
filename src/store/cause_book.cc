// SPDX-License-Identifier: Apache-2.0
#include "store/cause_book.h"

#include <string_view>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/text.h"
#include "store/used.h"

namespace usher {
namespace {

using customers::Cause;

std::string cut(std::string_view text) {
  if (text.size() <= Cause::kMostMessage) return std::string(text);
  text = text.substr(0, Cause::kMostMessage);
  // Not in the middle of a letter.
  if (const auto bad = find_invalid_utf8(text); bad && *bad + 4 > text.size()) {
    text = text.substr(0, *bad);
  }
  return std::string(text);
}

Hash128 digest_of(const Hasher& hasher, const Cause& cause) {
  std::string text = std::to_string(static_cast<int>(cause.kind)) + ' ' +
                     std::to_string(cause.http_status) + ' ' + std::to_string(cause.result.size()) +
                     ' ' + std::to_string(cause.code.size()) + ' ';
  text += cause.result;
  text += cause.code;
  text += cause.message;
  return hasher(text);
}

template <class Map>
void make_room(Map& map) {
  if (map.size() >= CauseBook::kMostByHeart) map.clear();
}

}  // namespace

struct CauseBook::Statements {
  explicit Statements(SQLite::Database& db)
      : by_digest(db, "SELECT number FROM cause WHERE digest = ?"),
        by_number(db, "SELECT kind, status, result, code, message FROM cause WHERE number = ?"),
        insert(db,
               "INSERT INTO cause (digest, kind, status, result, code, message) "
               "VALUES (?, ?, ?, ?, ?, ?)") {}
  SQLite::Statement by_digest;
  SQLite::Statement by_number;
  SQLite::Statement insert;
};

CauseBook::CauseBook(SQLite::Database& db)
    : run_(std::make_unique<Statements>(db)), digest_("causes") {}
CauseBook::~CauseBook() = default;

CauseNumber CauseBook::number_of(const std::shared_ptr<const Cause>& cause) {
  if (cause == nullptr) return 0;
  if (cause == last_) return last_number_;
  Cause kept = *cause;
  kept.result = cut(kept.result);
  kept.code = cut(kept.code);
  kept.message = cut(kept.message);
  last_number_ = number_of(kept);
  last_ = cause;
  return last_number_;
}

CauseNumber CauseBook::number_of(const Cause& cause) {
  const Hash128 digest = digest_of(digest_, cause);
  if (const auto known = numbers_.find(digest); known != numbers_.end()) return known->second;
  CauseNumber number = stored(digest);
  if (number == 0) {
    insert(digest, cause);
    number = stored(digest);
  }
  make_room(numbers_);
  numbers_[digest] = number;
  return number;
}

CauseNumber CauseBook::stored(const Hash128& digest) {
  const Used used(run_->by_digest);
  run_->by_digest.bind(1, digest.bytes.data(), static_cast<int>(digest.bytes.size()));
  return run_->by_digest.executeStep() ? run_->by_digest.getColumn(0).getUInt() : 0;
}

void CauseBook::insert(const Hash128& digest, const Cause& cause) {
  const Used used(run_->insert);
  run_->insert.bind(1, digest.bytes.data(), static_cast<int>(digest.bytes.size()));
  run_->insert.bind(2, static_cast<int>(cause.kind));
  run_->insert.bind(3, cause.http_status);
  run_->insert.bind(4, cause.result);
  run_->insert.bind(5, cause.code);
  run_->insert.bind(6, cause.message);
  run_->insert.exec();
}

std::shared_ptr<const Cause> CauseBook::find(CauseNumber number) {
  if (const auto known = causes_.find(number); known != causes_.end()) return known->second;
  const Used used(run_->by_number);
  run_->by_number.bind(1, number);
  if (!run_->by_number.executeStep()) return nullptr;
  const int kind = run_->by_number.getColumn(0).getInt();
  if (kind < 1 || kind > static_cast<int>(Cause::Kind::no_result)) return nullptr;
  auto cause = std::make_shared<Cause>();
  cause->kind = static_cast<Cause::Kind>(kind);
  cause->http_status = run_->by_number.getColumn(1).getInt();
  cause->result = run_->by_number.getColumn(2).getString();
  cause->code = run_->by_number.getColumn(3).getString();
  cause->message = run_->by_number.getColumn(4).getString();
  make_room(causes_);
  causes_[number] = cause;
  return cause;
}

void CauseBook::rolled_back() {
  last_.reset();
  numbers_.clear();
  causes_.clear();
}

}  // namespace usher
