// SPDX-License-Identifier: Apache-2.0
#include "run/rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/checks.h"

namespace usher {

Rows::Rows(Input input) : input_(std::move(input)), hasher_(random_hex(32)) {
  const auto email = std::find(input_.header.begin(), input_.header.end(), "email");
  email_column_ = static_cast<std::size_t>(email - input_.header.begin());
}

Result<std::unique_ptr<Rows>> Rows::open(const UserImportOptions& options, int stop_fd) {
  USHER_TRY_ASSIGN(Input input, Input::open(options, stop_fd));
  return std::unique_ptr<Rows>(new Rows(std::move(input)));
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
  USHER_TRY_ASSIGN(const bool more, input_.reader.next(record));
  if (!more) return next;
  next.record = record.number;
  auto row = input_.mapping.map(record, warnings);
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
    USHER_TRY_ASSIGN(const bool more, input_.reader.next(record));
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
      FailedRow{record, held.line, input_.header, cells, held.org, held.email, failure, at});
}

}  // namespace usher
