// SPDX-License-Identifier: Apache-2.0
#include "store/step_table.h"

#include <cstdint>
#include <cstring>
#include <span>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/ids.h"
#include "store/used.h"

namespace usher {
namespace {

constexpr const char* kColumns = R"sql(
  key      BLOB {},  -- 128-bit hash of what the step makes
  kind     INTEGER NOT NULL,  -- 1 organization, 2 user, 3 membership
  state    INTEGER NOT NULL,  -- 0 forgotten, 1 begun, 2 created, 3 already there, 4 failed,
                              -- 5 removed, 6 updated, 7 unsure
  id       NOT NULL,          -- the target's id: text, or a blob of its prefix and its ULID
  identity INTEGER NOT NULL,  -- digest of the external id, 0 for none
  wish     INTEGER NOT NULL,  -- digest of what was asked for
  begun_at INTEGER            -- milliseconds since 1970, while it is in doubt
)sql";

[[noreturn]] void complain() {
  throw SQLite::Exception("it holds what no version writes", SQLITE_CORRUPT);
}

std::string id_of(const SQLite::Column& column) {
  if (!column.isBlob()) return column.getString();
  const auto* bytes = static_cast<const unsigned char*>(column.getBlob());
  auto id = unpack_id(std::span(bytes, static_cast<std::size_t>(column.getBytes())));
  if (!id) complain();
  return std::move(*id);
}

}  // namespace

std::string step_columns(const char* key) {
  return fmt::format(kColumns, key);
}

StepKind to_kind(const SQLite::Column& column) {
  const int number = column.getInt();
  if (number < 1 || number > 3) complain();
  return static_cast<StepKind>(number);
}

StepState to_state(const SQLite::Column& column) {
  const int number = column.getInt();
  if (number < 0 || number > 7) complain();
  return static_cast<StepState>(number);
}

Key to_key(const SQLite::Column& column) {
  Key key;
  if (!column.isBlob() || static_cast<std::size_t>(column.getBytes()) != key.bytes.size()) {
    complain();
  }
  std::memcpy(key.bytes.data(), column.getBlob(), key.bytes.size());
  return key;
}

StepRecord read_step(SQLite::Statement& query) {
  StepRecord record;
  record.kind = to_kind(query.getColumn(0));
  record.state = to_state(query.getColumn(1));
  record.id = id_of(query.getColumn(2));
  record.identity = static_cast<std::uint64_t>(query.getColumn(3).getInt64());
  record.wish = static_cast<std::uint64_t>(query.getColumn(4).getInt64());
  record.begun_at = WallTime{std::chrono::milliseconds{query.getColumn(5).getInt64()}};
  return record;
}

void bind_key(SQLite::Statement& statement, const Key& key) {
  statement.bindNoCopy(1, key.bytes.data(), static_cast<int>(key.bytes.size()));
}

void bind_step(SQLite::Statement& statement, const Key& key, const StepRecord& record) {
  bind_key(statement, key);
  statement.bind(2, static_cast<int>(record.kind));
  statement.bind(3, static_cast<int>(record.state));
  if (const auto packed = pack_id(record.id)) {
    statement.bind(4, packed->data(), static_cast<int>(packed->size()));
  } else {
    statement.bindNoCopy(4, record.id);
  }
  statement.bind(5, static_cast<std::int64_t>(record.identity));
  statement.bind(6, static_cast<std::int64_t>(record.wish));
  if (record.in_doubt()) {
    statement.bind(7, static_cast<std::int64_t>(record.begun_at.time_since_epoch().count()));
  } else {
    statement.bind(7);
  }
}

StepTable::StepTable(SQLite::Database& db, const std::string& table)
    : find_(std::make_unique<SQLite::Statement>(
          db, fmt::format("SELECT {} FROM {} WHERE key = ?", kStepColumns, table))),
      put_(std::make_unique<SQLite::Statement>(
          db, fmt::format("INSERT OR REPLACE INTO {} VALUES (?, ?, ?, ?, ?, ?, ?)", table))),
      erase_(std::make_unique<SQLite::Statement>(
          db, fmt::format("DELETE FROM {} WHERE key = ?", table))) {}

StepTable::~StepTable() = default;

StepRecord StepTable::find(const Key& key) {
  const Used used(*find_);
  bind_key(*find_, key);
  return find_->executeStep() ? read_step(*find_) : StepRecord{};
}

void StepTable::put(const Key& key, const StepRecord& record) {
  const Used used(*put_);
  bind_step(*put_, key, record);
  put_->exec();
}

void StepTable::erase(const Key& key) {
  const Used used(*erase_);
  bind_key(*erase_, key);
  erase_->exec();
}

}  // namespace usher
