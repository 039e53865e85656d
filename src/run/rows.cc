// SPDX-License-Identifier: Apache-2.0
#include "run/rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/checks.h"

namespace usher {

Rows::Rows(csv::Reader reader, std::unique_ptr<RoleMapping> roles, UserMapping mapping)
    : reader_(std::move(reader)),
      hasher_(random_hex(32)),
      roles_(std::move(roles)),
      mapping_(std::move(mapping)),
      header_(reader_.header().begin(), reader_.header().end()) {
  const auto email = std::find(header_.begin(), header_.end(), "email");
  email_column_ = static_cast<std::size_t>(email - header_.begin());
}

Result<std::unique_ptr<Rows>> Rows::open(const UserImportOptions& options) {
  USHER_TRY_ASSIGN(csv::Reader reader, csv::Reader::open(options.csv));
  std::unique_ptr<RoleMapping> roles;
  if (!options.role_mapping.empty()) {
    USHER_TRY_ASSIGN(RoleMapping read, RoleMapping::read(options.role_mapping));
    roles = std::make_unique<RoleMapping>(std::move(read));
  }
  UserMapping::Options wanted;
  wanted.single_org = options.single_org;
  wanted.role_mapping = roles.get();
  USHER_TRY_ASSIGN(UserMapping mapping, UserMapping::make(reader.header(), wanted));
  return std::unique_ptr<Rows>(new Rows(std::move(reader), std::move(roles), std::move(mapping)));
}

Rows::Held Rows::hold(const csv::Record& record) {
  Held held;
  held.line = record.line;
  held.ends.reserve(record.cells.size());
  for (const std::string_view cell : record.cells) {
    held.bytes += cell;
    held.ends.push_back(static_cast<std::uint32_t>(held.bytes.size()));
  }
  return held;
}

Result<Rows::Next> Rows::next(std::vector<std::string>& warnings) {
  Next next;
  csv::Record record;
  USHER_TRY_ASSIGN(const bool more, reader_.next(record));
  if (!more) return next;
  next.record = record.number;
  auto row = mapping_.map(record, warnings);
  std::optional<Failure> problem;
  if (!row) {
    problem = std::move(row.error());
  } else {
    const std::size_t before = warnings.size();
    problem = workos::check(*row, warnings);
    for (std::size_t i = before; i < warnings.size(); ++i) {
      warnings[i].insert(0, fmt::format("Row {}: ", record.number));
    }
  }
  Held& held = held_[record.number] = hold(record);
  if (row) held.org = row->org;
  if (email_column_ < record.cells.size()) held.email = trim(record.cells[email_column_]);
  if (problem) {
    next.kind = Next::Kind::bad;
    next.failure = std::move(*problem);
    return next;
  }
  next.kind = Next::Kind::row;
  next.candidate.record = record.number;
  next.candidate.row = std::move(*row);
  next.candidate.keys = make_keys(hasher_, next.candidate.row);
  return next;
}

Result<std::uint64_t> Rows::count_rest() {
  std::uint64_t count = 0;
  csv::Record record;
  while (true) {
    USHER_TRY_ASSIGN(const bool more, reader_.next(record));
    if (!more) return count;
    ++count;
  }
}

Status Rows::tell(std::uint64_t record, const Failure& failure, WallTime at, Observer& observer) {
  const auto found = held_.find(record);
  if (found == held_.end()) return {};
  const Held held = std::move(found->second);
  held_.erase(found);
  std::vector<std::string> cells;
  std::uint32_t begin = 0;
  for (const std::uint32_t end : held.ends) {
    cells.push_back(held.bytes.substr(begin, end - begin));
    begin = end;
  }
  return observer.failed(
      FailedRow{record, held.line, header_, cells, held.org, held.email, failure, at});
}

}  // namespace usher
