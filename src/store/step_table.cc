// SPDX-License-Identifier: Apache-2.0
#include "store/step_table.h"

#include <cstdint>
#include <span>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/ids.h"
#include "store/used.h"

namespace usher {
namespace {

constexpr const char* kColumns = R"sql(
  key      BLOB PRIMARY KEY,   -- 128-bit hash of what the step makes
  kind     INTEGER NOT NULL,   -- 1 organization, 2 user, 3 membership
  state    INTEGER NOT NULL,   -- 1 begun, 2 created, 3 already there, 4 failed, 5 removed,
                               -- 6 updated, 7 unsure
  id       NOT NULL,           -- the target's id: text, or a blob of its prefix and its ULID
  identity INTEGER NOT NULL,   -- digest of the external id, 0 for none
  wish     INTEGER NOT NULL,   -- digest of what was asked for
  begun_at INTEGER             -- milliseconds since 1970, while it is in doubt
)sql";

constexpr const char* kSelect =
    "SELECT kind, state, id, identity, wish, begun_at FROM {} WHERE key = ?1";

std::string find_in(const std::string& table, const std::string& first) {
  const std::string rest = fmt::format(kSelect, table);
  if (first.empty()) return rest;
  return fmt::format(kSelect, first) + " UNION ALL " + rest + " LIMIT 1";
}

// Numbers out of the file that no version writes are not to become an enumerator.
int within(int number, int most) {
  if (number < 1 || number > most) {
    throw SQLite::Exception("a number that no version writes", SQLITE_CORRUPT);
  }
  return number;
}

std::string id_of(const SQLite::Column& column) {
  if (!column.isBlob()) return column.getString();
  const auto* bytes = static_cast<const unsigned char*>(column.getBlob());
  auto id = unpack_id(std::span(bytes, static_cast<std::size_t>(column.getBytes())));
  if (!id) throw SQLite::Exception("an id that no version writes", SQLITE_CORRUPT);
  return std::move(*id);
}

}  // namespace

std::string step_columns() {
  return kColumns;
}

StepTable::StepTable(SQLite::Database& db, const std::string& table, const std::string& first)
    : find_(std::make_unique<SQLite::Statement>(db, find_in(table, first))),
      put_(std::make_unique<SQLite::Statement>(
          db, fmt::format("INSERT OR REPLACE INTO {} VALUES (?, ?, ?, ?, ?, ?, ?)", table))),
      erase_(std::make_unique<SQLite::Statement>(
          db, fmt::format("DELETE FROM {} WHERE key = ?", table))) {}

StepTable::~StepTable() = default;

StepRecord StepTable::find(const Key& key) {
  const Used used(*find_);
  find_->bindNoCopy(1, key.bytes.data(), static_cast<int>(key.bytes.size()));
  StepRecord record;
  if (!find_->executeStep()) return record;
  record.kind = static_cast<StepKind>(within(find_->getColumn(0).getInt(), 3));
  record.state = static_cast<StepState>(within(find_->getColumn(1).getInt(), 7));
  record.id = id_of(find_->getColumn(2));
  record.identity = static_cast<std::uint64_t>(find_->getColumn(3).getInt64());
  record.wish = static_cast<std::uint64_t>(find_->getColumn(4).getInt64());
  record.begun_at = WallTime{std::chrono::milliseconds{find_->getColumn(5).getInt64()}};
  return record;
}

void StepTable::put(const Key& key, const StepRecord& record) {
  const Used used(*put_);
  put_->bindNoCopy(1, key.bytes.data(), static_cast<int>(key.bytes.size()));
  put_->bind(2, static_cast<int>(record.kind));
  put_->bind(3, static_cast<int>(record.state));
  const auto packed = pack_id(record.id);
  if (packed) {
    put_->bindNoCopy(4, packed->data(), static_cast<int>(packed->size()));
  } else {
    put_->bindNoCopy(4, record.id);
  }
  put_->bind(5, static_cast<std::int64_t>(record.identity));
  put_->bind(6, static_cast<std::int64_t>(record.wish));
  if (record.in_doubt()) {
    put_->bind(7, static_cast<std::int64_t>(record.begun_at.time_since_epoch().count()));
  } else {
    put_->bind(7);
  }
  put_->exec();
}

void StepTable::erase(const Key& key) {
  const Used used(*erase_);
  erase_->bindNoCopy(1, key.bytes.data(), static_cast<int>(key.bytes.size()));
  erase_->exec();
}

}  // namespace usher
