// SPDX-License-Identifier: Apache-2.0
#include "analysis/error_lines.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "source/csv.h"
#include "source/csv_input.h"
#include "source/json_text.h"

namespace usher::analysis {
namespace {

constexpr std::size_t kPiece = 256 << 10;  // bytes read at a time
constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kCsvBegin = "recordNumber,email,";

Status append_bytes(const Fd& file, std::string_view bytes) {
  return write_all(file.get(), bytes, "a temporary file");
}

// As much of `room` as the file has from `offset` on.
Result<std::size_t> read_at(const Fd& file, std::span<char> room, std::uint64_t offset) {
  while (true) {
    const ssize_t got = ::pread(file.get(), room.data(), room.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::unexpected(system_error("cannot read", "errors again", errno));
  }
}

bool is_object(std::string_view cell) {
  JsonText text(cell);
  std::string value;
  bool is_null = false;
  return text.peek() == '{' && text.read_value(value, is_null) && text.read_end();
}

// A row of the CSV form as the line that it would have been.
void to_json_line(std::span<const std::string> header, const csv::Record& record,
                  std::string& line) {
  line.clear();
  JsonWriter out(line);
  out.open_object();
  for (std::size_t i = 0; i < std::min(header.size(), record.cells.size()); ++i) {
    const std::string_view cell = record.cells[i];
    const std::string& name = header[i];
    if (cell.empty() && name != "email") continue;
    const bool number = (name == "recordNumber" || name == "httpStatus") && parse_int(cell);
    out.key(name);
    number || (name == "rawRow" && is_object(cell)) ? out.json(cell) : out.value(cell);
  }
  out.close_object();
}

}  // namespace

struct ErrorLines::Impl {
  csv::Bytes source;
  std::string name;
  Sha256 hash;
  bool keep = false;  // what is read, in `again`
  Fd again;           // where lines are read again
  std::uint64_t kept = 0;
  std::string window;
  std::size_t begin = 0;    // of what has not been given
  std::uint64_t place = 0;  // of window[begin]
  std::uint64_t number = 0;
  bool ended = false;
  std::optional<csv::Reader> csv;
  std::string line;  // of the CSV form

  Status fill();
  Status open_csv();
  Result<bool> next_row(Line& out);
  Result<bool> next_line(Line& out);
  Result<bool> skip_long(Line& out);
  void take(std::size_t bytes) {
    begin += bytes;
    place += bytes;
  }
};

ErrorLines::ErrorLines(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ErrorLines::~ErrorLines() = default;
ErrorLines::ErrorLines(ErrorLines&&) noexcept = default;
ErrorLines& ErrorLines::operator=(ErrorLines&&) noexcept = default;

// Reads a piece more behind what is left.
Status ErrorLines::Impl::fill() {
  window.erase(0, std::exchange(begin, 0));
  const std::size_t had = window.size();
  window.resize(had + kPiece);
  auto got = source(std::span(window).subspan(had));
  window.resize(had + got.value_or(0));
  if (!got) return std::unexpected(std::move(got.error()));
  ended = *got == 0;
  const std::string_view fresh = std::string_view(window).substr(had);
  hash.add(fresh);
  return keep && !csv ? append_bytes(again, fresh) : Status{};
}

Result<ErrorLines> ErrorLines::open(const std::string& path, bool again) {
  auto impl = std::make_unique<Impl>();
  impl->name = csv::name_of(path);
  std::error_code ignored;
  if (!csv::is_standard_input(path) && !std::filesystem::exists(path, ignored)) {
    return fail("Errors file not found: " + printable(path),
                "an import writes it with --errors-out, and a job beside its checkpoint");
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(printable(path) + ": is a folder, not a file",
                "name the file in it: " + printable(path) + "/errors.jsonl");
  }
  USHER_TRY_ASSIGN(auto input, csv::open_input(path));
  impl->source = std::move(input.bytes);
  const bool regular =
      !csv::is_standard_input(path) && std::filesystem::is_regular_file(path, ignored);
  if (again && regular) {
    impl->again = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!impl->again) return std::unexpected(system_error("cannot open", path, errno));
  } else if (again) {
    USHER_TRY_ASSIGN(impl->again, unlinked_file());
    impl->keep = true;
  }
  USHER_TRY(impl->fill());
  if (std::string_view(impl->window).starts_with(kMark)) impl->take(kMark.size());
  const std::string_view start = std::string_view(impl->window).substr(impl->begin);
  if (trim(start).starts_with('[')) {
    return fail(impl->name + ": is one list, not a JSON object a line",
                "make lines of it: jq -c '.[]' " + impl->name + " > errors.jsonl");
  }
  if (start.starts_with(kCsvBegin)) {
    if (again && regular) {
      USHER_TRY_ASSIGN(impl->again, unlinked_file());
    }
    impl->keep = again;
    USHER_TRY(impl->open_csv());
  }
  return ErrorLines(std::move(impl));
}

Status ErrorLines::Impl::open_csv() {
  const auto bytes = [this](std::span<char> room) -> Result<std::size_t> {
    if (begin == window.size() && !ended) {
      if (auto filled = fill(); !filled) return std::unexpected(std::move(filled.error()));
    }
    const std::size_t count = std::min(room.size(), window.size() - begin);
    std::memcpy(room.data(), window.data() + begin, count);
    begin += count;
    return count;
  };
  csv::Reader::Limits limits;
  limits.record = kLongest;
  kept = 0;
  // What was kept of the CSV itself is not what will be asked for.
  if (again && ::ftruncate(again.get(), 0) == 0) ::lseek(again.get(), 0, SEEK_SET);
  USHER_TRY_ASSIGN(csv, csv::Reader::over(bytes, name, limits));
  return {};
}

Result<bool> ErrorLines::Impl::next_row(Line& out) {
  csv::Record record;
  if (!csv) return false;
  USHER_TRY_ASSIGN(const bool more, csv->next(record));
  if (!more) return false;
  out.number = record.line;
  out.problem = record.problem;
  out.text = {};
  if (!out.problem.empty()) return true;
  to_json_line(csv->header(), record, line);
  out.text = line;
  out.place = kept;
  if (keep) {
    USHER_TRY(append_bytes(again, line + "\n"));
    kept += line.size() + 1;
  }
  return true;
}

// A line that is not kept: on to its end.
Result<bool> ErrorLines::Impl::skip_long(Line& out) {
  out.text = {};
  out.problem = "longer than 4 MB";
  while (true) {
    const auto end = window.find('\n', begin);
    if (end != std::string::npos) {
      take(end + 1 - begin);
      return true;
    }
    take(window.size() - begin);
    if (ended) return true;
    USHER_TRY(fill());
  }
}

Result<bool> ErrorLines::Impl::next_line(Line& out) {
  std::size_t searched = 0;
  while (true) {
    const auto end = window.find('\n', begin + searched);
    if (end == std::string::npos && !ended) {
      searched = window.size() - begin;
      if (searched > kLongest) {
        out.number = ++number;
        return skip_long(out);
      }
      USHER_TRY(fill());
      continue;
    }
    const std::size_t size = std::min(end, window.size()) - begin;
    if (size == 0 && end == std::string::npos) return false;
    out.number = ++number;
    out.place = place;
    out.text = std::string_view(window).substr(begin, size);
    out.problem = size > kLongest ? "longer than 4 MB" : "";
    take(size + (end == std::string::npos ? 0 : 1));
    if (!trim(out.text).empty()) return true;
    searched = 0;
  }
}

Result<bool> ErrorLines::next(Line& line) {
  return impl_->csv ? impl_->next_row(line) : impl_->next_line(line);
}

Status ErrorLines::again(std::uint64_t place, std::string& text) const {
  constexpr std::size_t kFirst = 1024;
  text.clear();
  while (text.size() <= kLongest) {
    const std::size_t had = text.size();
    text.resize(had + std::max(kFirst, had));
    auto got = read_at(impl_->again, std::span(text).subspan(had), place + had);
    text.resize(had + got.value_or(0));
    if (!got) return std::unexpected(std::move(got.error()));
    const auto end = text.find('\n', had);
    if (end != std::string::npos) text.resize(end);
    if (end != std::string::npos || *got == 0) return {};
  }
  text.clear();
  return {};
}

std::string ErrorLines::sha256() {
  return impl_->hash.hex();
}

}  // namespace usher::analysis
