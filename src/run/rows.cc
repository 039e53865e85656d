// SPDX-License-Identifier: Apache-2.0
#include "run/rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/checks.h"

namespace usher {

Rows::Rows(Input input, Scope scope)
    : input_(std::move(input)), scope_(std::move(scope)), hasher_(scope_.hash_key) {
  const auto email = std::find(input_.header.begin(), input_.header.end(), "email");
  email_column_ = static_cast<std::size_t>(email - input_.header.begin());
}

Result<std::unique_ptr<Rows>> Rows::open(const UserImportOptions& options, Scope scope,
                                         int stop_fd) {
  USHER_TRY_ASSIGN(Input input, Input::open(options, stop_fd));
  if (scope.hash_key.empty()) scope.hash_key = random_hex(32);
  return std::unique_ptr<Rows>(new Rows(std::move(input), std::move(scope)));
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

Result<std::optional<Rows::Read>> Rows::read() {
  Read read;
  while (true) {
    USHER_TRY_ASSIGN(const bool more, input_.reader.next(read.record));
    if (!more) return std::nullopt;
    if (scope_.store == nullptr) return read;
    USHER_TRY_ASSIGN(read.known, scope_.store->row(read.record.number));
    const bool failed_now =
        read.known.outcome == RowOutcome::failed && read.known.run == scope_.run;
    if (!read.known.succeeded() && !failed_now) return read;
  }
}

// Fills the row, or says why it cannot be used.
std::optional<Failure> Rows::map(const csv::Record& record, UserRow& row,
                                 std::vector<std::string>& warnings) {
  auto mapped = input_.mapping.map(record, warnings);
  if (!mapped) return std::move(mapped.error());
  row = std::move(*mapped);
  const std::size_t before = warnings.size();
  auto problem = workos::check(row, warnings);
  for (std::size_t i = before; i < warnings.size(); ++i) {
    warnings[i].insert(0, fmt::format("Row {}: ", record.number));
  }
  return problem;
}

std::string_view Rows::email_cell(const csv::Record& record) const {
  return email_column_ < record.cells.size() ? trim(record.cells[email_column_])
                                             : std::string_view();
}

// Whom a row without a usable person is about: its e-mail, or itself.
Key Rows::key_of_unusable(const csv::Record& record) const {
  const std::string_view email = email_cell(record);
  return hasher_(email.empty() ? fmt::format("row/{}", record.number)
                               : "unusable/" + lower_ascii(email));
}

std::uint64_t Rows::digest_of_unusable(const csv::Record& record) const {
  std::string cells = "unusable";
  for (const std::string_view cell : record.cells) (cells += '\0') += cell;
  return hasher_(cells).head();
}

// Its number stands for another row by now, so nothing can be told of it.
Error Rows::changed_meanwhile(const csv::Record& record) {
  return {
      fmt::format("the input has changed while the job works on it: row {} (line {}) is not the "
                  "one that the job took",
                  record.number, record.line),
      "resume the job: it compares the file with what it took"};
}

Result<Rows::Next> Rows::next(std::vector<std::string>& warnings) {
  Next next;
  while (true) {
    const std::size_t before = warnings.size();
    USHER_TRY_ASSIGN(auto read, this->read());
    if (!read) return next;
    const csv::Record& record = read->record;
    UserRow row;
    auto problem = map(record, row, warnings);
    RowKeys keys;
    if (!problem) keys = make_keys(hasher_, row);
    if (scope_.store != nullptr) {
      const std::uint64_t content =
          problem ? digest_of_unusable(record) : content_digest(hasher_, keys, row);
      if (!read->known.taken || content != read->known.content) {
        return std::unexpected(changed_meanwhile(record));
      }
    }
    if (!is_ours(problem ? key_of_unusable(record) : keys.user)) {
      warnings.resize(before);
      continue;
    }
    Held& held = held_[record.number] = hold(record);
    held.org = row.org;
    held.email = email_cell(record);
    held.again = read->known.outcome == RowOutcome::failed;
    next.record = record.number;
    if (problem) {
      next.kind = Next::Kind::bad;
      next.failure = std::move(*problem);
      return next;
    }
    next.kind = Next::Kind::row;
    next.candidate.record = record.number;
    next.candidate.row = std::move(row);
    next.candidate.keys = keys;
    return next;
  }
}

Result<std::optional<RowPrint>> Rows::next_print() {
  USHER_TRY_ASSIGN(auto read, this->read());
  if (!read) return std::nullopt;
  std::vector<std::string> unheard;
  UserRow row;
  const auto problem = map(read->record, row, unheard);
  RowPrint print;
  print.record = read->record.number;
  if (problem) {
    print.content = digest_of_unusable(read->record);
    print.person = key_of_unusable(read->record).head();
  } else {
    const RowKeys keys = make_keys(hasher_, row);
    print.content = content_digest(hasher_, keys, row);
    print.person = keys.user.head();
    print.member = row.org.by != OrgRef::By::none;
  }
  return print;
}

bool Rows::again(std::uint64_t record) const {
  const auto found = held_.find(record);
  return found != held_.end() && found->second.again;
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
  return observer.failed(FailedRow{record, held.line, input_.header, cells, held.org, held.email,
                                   failure, at, input_.path});
}

}  // namespace usher
