// SPDX-License-Identifier: Apache-2.0
#include "analysis/retry_csv.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "analysis/error_record.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "source/csv.h"
#include "source/csv_cell.h"

namespace usher::analysis {
namespace {

constexpr std::size_t kLongestHeader = 4 << 20;

void leave_out(RetryCsv& made, std::uint64_t record, std::string why) {
  ++made.left_out;
  if (made.first_left_out.size() < kMostLeftOut) {
    made.first_left_out.push_back({record, std::move(why)});
  }
}

void count_missing(RetryCsv& made, const PickedRows& rows) {
  made.overtaken = rows.overtaken();
  made.of_others = rows.of_others();
}

// --- from the input ----------------------------------------------------------------------------

// Everything before the first record, as it stands in the file.
Result<std::string> header_bytes(const std::string& path, std::uint64_t size) {
  if (size > kLongestHeader) return fail(path + ": its header is longer than 4 MB");
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(system_error("cannot open", path, errno));
  std::string bytes(size, '\0');
  std::size_t had = 0;
  while (had < bytes.size()) {
    const ssize_t got =
        ::pread(file.get(), bytes.data() + had, bytes.size() - had, static_cast<off_t>(had));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error("cannot read", path, errno));
    if (got == 0) return fail(path + ": became shorter while it was read");
    had += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string_view line_end_of(std::string_view header) {
  const auto at = header.find_first_of("\r\n");
  if (at == std::string_view::npos) return "\n";
  return header.substr(at).starts_with("\r\n") ? "\r\n" : header.substr(at, 1);
}

// Whether a cell is what a rawRow says: JSON cannot hold bytes that are no UTF-8.
bool same_cell(std::string_view cell, std::string_view remembered) {
  if (cell == remembered) return true;
  if (!find_invalid_utf8(cell)) return false;
  std::string one;
  std::string other;
  append_json_string(one, cell);
  append_json_string(other, remembered);
  return one == other;
}

// Holds rows of an input against what errors remember of them.
class Comparison {
 public:
  explicit Comparison(std::span<const std::string> header) {
    for (std::size_t i = 0; i < header.size(); ++i) columns_.emplace(header[i], i);
  }

  // Why the two are not the same row; empty: they are, in all that can be told.
  std::string difference(const csv::Record& record, const Pick& pick, const std::string& line) {
    if (read_error(line, error_) || error_.number != pick.record) {
      return "the errors file has changed meanwhile";
    }
    if (error_.raw_row.empty() || !read_raw_row(error_.raw_row, row_)) {
      return "the errors file does not say what was in it";
    }
    std::size_t compared = 0;
    for (const auto& [column, cell] : row_.cells) {
      if (cell == Secret::kMask) continue;
      const auto found = columns_.find(column);
      if (found == columns_.end()) return fmt::format("there is no column {}", printable(column));
      const std::size_t at = found->second;
      const bool there = at < record.cells.size();
      if (!same_cell(trim(there ? record.cells[at] : std::string_view()), trim(cell))) {
        return fmt::format("{} is not what it was", printable(column));
      }
      ++compared;
    }
    return compared > 0 ? "" : "nothing of it can be compared";
  }

 private:
  std::unordered_map<std::string, std::size_t> columns_;
  ErrorRecord error_;
  RawRow row_;
};

class Copy {
 public:
  Copy(const std::string& path, const std::string& input, bool compare, RetrySource source)
      : path_(path), input_(input), compare_(compare), source_(source) {}

  Result<RetryCsv> make() {
    made_.from = input_;
    USHER_TRY_ASSIGN(csv::Reader reader, csv::Reader::open(input_));
    if (reader.size() == 0) {
      return fail(
          printable(input_) + ": is no regular file, so that its rows cannot be found again",
          "name the file that was imported with --csv");
    }
    Comparison comparison(reader.header());
    USHER_TRY_ASSIGN(auto pick, source_.rows.next());
    csv::Record record;
    while (pick && pick->record != 0) {  // those without a number come last
      if (record.number < pick->record) {
        USHER_TRY_ASSIGN(const bool more, reader.next(record));
        if (!more) break;
        if (!out_) USHER_TRY(begin(record.offset));
        continue;
      }
      USHER_TRY(take(record, *pick, comparison));
      USHER_TRY_ASSIGN(pick, source_.rows.next());
    }
    while (pick) {
      leave_out(made_, pick->record,
                pick->record == 0 ? "the errors file does not say which row it is"
                                  : fmt::format("{} has no such row", printable(input_)));
      USHER_TRY_ASSIGN(pick, source_.rows.next());
    }
    if (out_ && made_.rows > 0) USHER_TRY(out_->commit());
    count_missing(made_, source_.rows);
    return std::move(made_);
  }

 private:
  Status begin(std::uint64_t header_size) {
    USHER_TRY_ASSIGN(const std::string header, header_bytes(input_, header_size));
    line_end_ = line_end_of(header);
    USHER_TRY_ASSIGN(auto out, Replacement::begin(path_));
    out_.emplace(std::move(out));
    return out_->write(header);
  }
  Status take(const csv::Record& record, const Pick& pick, Comparison& comparison) {
    if (record.raw.empty()) {
      leave_out(made_, pick.record, "it is too long");
      return {};
    }
    if (compare_) {
      USHER_TRY(source_.lines.again(pick.place, line_));
      if (std::string why = comparison.difference(record, pick, line_); !why.empty()) {
        leave_out(made_, pick.record, std::move(why));
        return {};
      }
    }
    if (pick.record == taken_) {
      leave_out(made_, pick.record, "another line is about this row too");
      return {};
    }
    if (!out_) return {};
    ++made_.rows;
    taken_ = pick.record;
    USHER_TRY(out_->write(record.raw));
    return out_->write(line_end_);
  }

  const std::string& path_;
  const std::string& input_;
  bool compare_;
  RetrySource source_;
  RetryCsv made_;
  std::optional<Replacement> out_;
  std::string line_end_ = "\n";
  std::string line_;
  std::uint64_t taken_ = 0;
};

// --- from what the errors file remembers -------------------------------------------------------

bool names_a_column_twice(const RawRow& row) {
  std::unordered_set<std::string_view> names;
  return !std::ranges::all_of(
      row.cells, [&names](const auto& cell) { return names.insert(cell.first).second; });
}

class Rebuild {
 public:
  Rebuild(const std::string& path, std::size_t columns, RetrySource source)
      : path_(path), least_(columns), source_(source) {}

  Result<RetryCsv> make() {
    while (true) {
      USHER_TRY_ASSIGN(const auto pick, source_.rows.next());
      if (!pick) break;
      USHER_TRY(source_.lines.again(pick->place, line_));
      USHER_TRY(add(*pick));
    }
    if (source_.rows.clash() != 0) {
      return fail(fmt::format("the errors are of several inputs, and do not say which: row {} is "
                              "of different people",
                              source_.rows.clash()),
                  "a retry CSV is of one input: give --csv INPUT --retry-csv FILE, once per input");
    }
    if (out_ && made_.rows > 0) USHER_TRY(out_->commit());
    count_missing(made_, source_.rows);
    return std::move(made_);
  }

 private:
  Status add(const Pick& pick) {
    if (read_error(line_, error_) || error_.raw_row.empty() ||
        !read_raw_row(error_.raw_row, row_) || row_.cells.empty()) {
      leave_out(made_, pick.record, "the errors file does not say what was in it");
      return {};
    }
    if (row_.ragged) {
      leave_out(made_, pick.record, "it has more cells than there are columns");
      return {};
    }
    if (!out_ && row_.cells.size() >= least_) {
      if (names_a_column_twice(row_)) {
        leave_out(made_, pick.record, "the errors file names one of its columns twice");
        return {};
      }
      USHER_TRY(begin());
    }
    if (!out_ || row_.cells.size() != columns_.size() ||
        !std::ranges::all_of(columns_, [&](const std::string& name) { return row_.find(name); })) {
      leave_out(made_, pick.record, "its columns are not those of the other rows");
      return {};
    }
    text_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool in_place = row_.cells[i].first == columns_[i];
      const std::string& cell = in_place ? row_.cells[i].second : *row_.find(columns_[i]);
      if (i > 0) text_ += ',';
      if (cell == Secret::kMask) {
        ++made_.masked[columns_[i]];
      } else {
        csv::append_cell(text_, cell);
      }
    }
    // A line without anything would be no record.
    if (text_.empty()) text_ = "\"\"";
    ++made_.rows;
    return out_->write(text_ + "\n");
  }
  Status begin() {
    for (const auto& [column, cell] : row_.cells) columns_.push_back(column);
    USHER_TRY_ASSIGN(auto out, Replacement::begin(path_));
    out_.emplace(std::move(out));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text_ += ',';
      csv::append_cell(text_, columns_[i]);
    }
    return out_->write(text_ + "\n");
  }

  const std::string& path_;
  std::size_t least_;
  RetrySource source_;
  RetryCsv made_;
  std::optional<Replacement> out_;
  std::vector<std::string> columns_;
  std::string line_;
  std::string text_;
  ErrorRecord error_;
  RawRow row_;
};

}  // namespace

Result<RetryCsv> retry_from_input(const std::string& path, const std::string& input, bool compare,
                                  RetrySource source) {
  return Copy(path, input, compare, source).make();
}

Result<RetryCsv> retry_from_errors(const std::string& path, std::size_t columns,
                                   RetrySource source) {
  return Rebuild(path, columns, source).make();
}

}  // namespace usher::analysis
