// SPDX-License-Identifier: Apache-2.0
#include "source/csv.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "source/csv_header.h"
#include "source/csv_input.h"
#include "source/csv_window.h"

namespace usher::csv {
namespace {

enum class CellEnd { comma, line, input };

// Most telling first: of several problems of a record, the smallest is told.
enum class Trouble { nul, unclosed, oversize, text_after_quote, quote_inside, too_many, none };

struct Cell {
  std::uint32_t begin = 0;  // from the start of the record
  std::uint32_t size = 0;
  bool escaped = false;  // holds "" for "
};

std::uint64_t line_ends(std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_cr = text[i] == '\r' && !text.substr(i + 1).starts_with('\n');
    if (text[i] == '\n' || lone_cr) ++count;
  }
  return count;
}

// Many pieces are a few bytes long. Reads and writes up to fifteen bytes more than asked; both
// places have room for that.
char* copy_with_slack(const char* from, std::size_t size, char* to) {
  for (std::size_t done = 0; done < size; done += 16) std::memcpy(to + done, from + done, 16);
  return to + size;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

struct Reader::Impl {
  Impl(Bytes bytes, std::string called, const Limits& bounds)
      : name(std::move(called)), limits(bounds), window(std::move(bytes), bounds.window) {}

  // --- scanning: finds where the next record and its cells end
  bool scan();
  CellEnd scan_cell();
  CellEnd scan_plain(std::uint64_t from);
  CellEnd scan_quoted();
  CellEnd after_quote(std::uint64_t body, std::uint64_t close, bool escaped);
  CellEnd end_line(std::uint64_t end);
  // Of a record too long to keep, the numbers mean nothing and are never looked at.
  void keep(std::uint64_t from, std::uint64_t to, bool escaped) {
    if (count < kMaxCells) {
      cells[count] = {static_cast<std::uint32_t>(from - start),
                      static_cast<std::uint32_t>(to - from), escaped};
    }
    ++count;
  }
  void note(Trouble what);
  bool meet_nul(std::uint64_t found);
  bool more();
  bool here(std::uint64_t offset) { return offset < window.limit() || more(); }

  // --- telling: makes a Record of it
  bool is_blank_line() const;
  void fill(Record& record);
  void unescape(std::size_t kept);
  std::string problem(const Record& record) const;
  std::string quote_problem() const;
  std::string where_it_is() const;
  std::string extent() const;
  std::string column(std::size_t index) const;

  Status begin();

  std::string name;
  Limits limits;
  Window window;
  std::uint64_t size = 0;
  std::vector<std::string> header;

  std::uint64_t number = 0;
  std::uint64_t line = 1;       // of the byte at `at`
  std::uint64_t at = 0;         // the next byte to look at
  std::uint64_t start = 0;      // of the record
  std::uint64_t stop = 0;       // its end, without the line end
  std::uint64_t line_was = 0;   // where the record began
  std::uint64_t stop_line = 0;  // where it ended
  std::size_t count = 0;        // cells met; at most kMaxCells are kept
  bool skipping = false;        // the record is too long to keep
  bool any_quoted = false;
  Trouble trouble = Trouble::none;
  std::uint64_t trouble_line = 0;
  std::size_t trouble_cell = 0;

  std::unique_ptr<Cell[]> cells = std::make_unique_for_overwrite<Cell[]>(kMaxCells);
  std::vector<std::uint32_t> escapes;  // where "" stand, from the start of the record
  std::vector<std::string_view> views;
  std::string unescaped;
};

// Brings more bytes; what the record still needs stays. All marks have been told when this is
// called.
bool Reader::Impl::more() {
  // One more than the limit: the last byte may be a CR that ends the record.
  if (!skipping && window.limit() - start > limits.record + 1) skipping = true;
  return window.refill(skipping ? window.limit() : start);
}

void Reader::Impl::note(Trouble what) {
  if (what >= trouble) return;
  trouble = what;
  trouble_line = line;
  trouble_cell = count;
}

// One is enough to know of a record: of a gigabyte of them each would cost a look. False: it is the
// header, behind which nothing is to be found.
bool Reader::Impl::meet_nul(std::uint64_t found) {
  note(Trouble::nul);
  window.heed_nul(false, found + 1);
  return !header.empty();
}

CellEnd Reader::Impl::end_line(std::uint64_t end) {
  stop = end;
  stop_line = line;
  at = end + 1;
  if (window.at(end) == '\r' && here(at) && window.at(at) == '\n') {
    (void)window.next_special();
    ++at;
  }
  ++line;
  return CellEnd::line;
}

// Goes on over the next cells as long as they are unquoted too: most are.
CellEnd Reader::Impl::scan_plain(std::uint64_t from) {
  while (true) {
    const std::uint64_t found = window.next_special();
    if (found == Window::kNone) {
      if (more()) continue;
      keep(from, window.limit(), false);
      return CellEnd::input;
    }
    switch (window.at(found)) {
      case ',':
        keep(from, found, false);
        from = found + 1;
        if (from < window.limit() && window.at(from) != '"') break;
        at = from;
        return CellEnd::comma;
      case '"':
        note(Trouble::quote_inside);
        break;
      case '\0':
        if (meet_nul(found)) break;
        keep(from, found, false);
        return CellEnd::input;
      default:
        keep(from, found, false);
        return end_line(found);
    }
  }
}

CellEnd Reader::Impl::after_quote(std::uint64_t body, std::uint64_t close, bool escaped) {
  const std::uint64_t next = close + 1;
  if (!here(next)) {
    keep(body, close, escaped);
    return CellEnd::input;
  }
  const char c = window.at(next);
  if (c == ',' || c == '\n' || c == '\r') {
    keep(body, close, escaped);
    (void)window.next_special();
    if (c != ',') return end_line(next);
    at = next + 1;
    return CellEnd::comma;
  }
  note(Trouble::text_after_quote);
  return scan_plain(body - 1);
}

CellEnd Reader::Impl::scan_quoted() {
  any_quoted = true;
  (void)window.next_special();  // the opening quote
  const std::uint64_t body = at + 1;
  const std::uint64_t opened = line;
  bool escaped = false;
  while (true) {
    const std::uint64_t found = window.next_special();
    if (found == Window::kNone) {
      if (more()) continue;
      note(Trouble::unclosed);
      trouble_line = opened;
      keep(body, window.limit(), escaped);
      return CellEnd::input;
    }
    switch (window.at(found)) {
      case '"':
        if (!here(found + 1) || window.at(found + 1) != '"')
          return after_quote(body, found, escaped);
        (void)window.next_special();
        escaped = true;
        if (!skipping) escapes.push_back(static_cast<std::uint32_t>(found - start));
        break;
      case '\r':
        if (here(found + 1) && window.at(found + 1) == '\n') (void)window.next_special();
        ++line;
        break;
      case '\n':
        ++line;
        break;
      case '\0':
        if (meet_nul(found)) break;
        keep(body, found, escaped);
        return CellEnd::input;
      default:  // a comma that is text
        break;
    }
  }
}

CellEnd Reader::Impl::scan_cell() {
  if (!here(at)) {  // the input ends behind a comma
    keep(at, at, false);
    return CellEnd::input;
  }
  return window.at(at) == '"' ? scan_quoted() : scan_plain(at);
}

// False at the end of the input.
bool Reader::Impl::scan() {
  start = at;
  line_was = line;
  count = 0;
  skipping = false;
  any_quoted = false;
  escapes.clear();
  trouble = Trouble::none;
  window.forget_high();
  if (!window.heeds_nul()) window.heed_nul(true, at);
  if (!here(at)) return false;
  CellEnd end = CellEnd::comma;
  while (end == CellEnd::comma) end = scan_cell();
  if (end == CellEnd::input) {
    stop = window.limit();
    stop_line = line;
    at = stop;
  }
  if (stop - start > limits.record) {
    skipping = true;
    note(Trouble::oversize);
  }
  if (count > kMaxCells) note(Trouble::too_many);
  return true;
}

bool Reader::Impl::is_blank_line() const {
  return count == 1 && !any_quoted && !skipping &&
         is_blank({window.data(start), static_cast<std::size_t>(stop - start)});
}

// Writes "" as " into a place of its own, so that raw stays as it is in the file.
void Reader::Impl::unescape(std::size_t kept) {
  const std::size_t room = stop - start + Window::kPadding;
  if (unescaped.size() < room) unescaped.resize(room);
  const char* const base = window.data(start);
  char* out = unescaped.data();
  auto escape = escapes.begin();
  for (std::size_t i = 0; i < kept; ++i) {
    if (!cells[i].escaped) continue;
    char* const begin = out;
    std::uint32_t from = cells[i].begin;
    const std::uint32_t end = from + cells[i].size;
    // Those of a cell with text behind its closing quote, which is kept as it stands.
    while (escape != escapes.end() && *escape < from) ++escape;
    for (; escape != escapes.end() && *escape < end; ++escape) {
      out = copy_with_slack(base + from, *escape + 1 - from, out);
      from = *escape + 2;
    }
    out = copy_with_slack(base + from, end - from, out);
    views[i] = {begin, static_cast<std::size_t>(out - begin)};
  }
}

void Reader::Impl::fill(Record& record) {
  record.number = number;
  record.line = line_was;
  record.offset = start;
  record.raw = {};
  std::size_t kept = 0;
  if (!skipping) {
    const char* base = window.data(start);
    record.raw = {base, static_cast<std::size_t>(stop - start)};
    kept = std::min(count, kMaxCells);
    if (views.size() < kept) views.resize(kept);
    for (std::size_t i = 0; i < kept; ++i) views[i] = {base + cells[i].begin, cells[i].size};
    if (!escapes.empty()) unescape(kept);
  }
  record.cells = {views.data(), kept};
  record.problem.clear();
  if (trouble != Trouble::none || window.high() || count != header.size()) {
    record.problem = problem(record);
  }
}

std::string Reader::Impl::column(std::size_t index) const {
  if (index < header.size()) return fmt::format("\"{}\"", printable(header[index], 40));
  return fmt::format("number {}", index + 1);
}

// The line of the trouble, when the record begins in another.
std::string Reader::Impl::where_it_is() const {
  return trouble_line == line_was ? "" : fmt::format(" (line {})", trouble_line);
}

// A quote that is missing, or stands in the wrong place, shows in the lines that it takes in.
std::string Reader::Impl::extent() const {
  const std::uint64_t ends = stop_line - line_was;
  if (ends == 0) return {};
  return fmt::format("; it begins in line {} and holds {} line end{}: is a quote not closed?",
                     line_was, with_commas(ends), ends == 1 ? "" : "s");
}

std::string Reader::Impl::quote_problem() const {
  if (trouble == Trouble::unclosed) {
    std::string text =
        fmt::format("has a quote in column {}, opened in line {}, that is never closed",
                    column(trouble_cell), trouble_line);
    if (stop_line > trouble_line) {
      text += fmt::format(", and takes in the rest of the file ({} line{})",
                          with_commas(stop_line - trouble_line),
                          stop_line - trouble_line == 1 ? "" : "s");
    }
    return text + "; close it, or double it (\"\") if it is text";
  }
  if (trouble == Trouble::quote_inside) {
    return fmt::format(
        "has a quote inside the unquoted column {}{}; put the whole cell in quotes and "
        "double the quotes in it{}",
        column(trouble_cell), where_it_is(), extent());
  }
  return fmt::format(
      "has text behind the closing quote of column {}{}; double the quotes that are text{}",
      column(trouble_cell), where_it_is(), extent());
}

std::string Reader::Impl::problem(const Record& record) const {
  switch (trouble) {
    case Trouble::unclosed:
    case Trouble::quote_inside:
    case Trouble::text_after_quote:
      return quote_problem();
    case Trouble::oversize:
      return fmt::format(
          "is {} bytes long (lines {} to {}), the limit is {}; is a quote not closed?",
          with_commas(stop - start), line_was, stop_line, with_commas(limits.record));
    case Trouble::nul:
      return fmt::format("has a NUL byte in column {}{}; remove it", column(trouble_cell),
                         where_it_is());
    case Trouble::too_many:
      return fmt::format("has {} cells, more than {}", count, kMaxCells);
    case Trouble::none:
      break;
  }
  if (const auto bad = window.high() ? find_invalid_utf8(record.raw) : std::nullopt) {
    return fmt::format(
        "is not UTF-8 at byte {} (line {}); convert the file: iconv -f WINDOWS-1252 -t UTF-8 "
        "old.csv > "
        "new.csv",
        start + *bad, line_was + line_ends(record.raw.substr(0, *bad)));
  }
  if (count != header.size() && !header.empty()) {
    const std::string_view commas = count > header.size() && stop_line == line_was
                                        ? "; put cells that hold a comma in quotes"
                                        : "";
    return fmt::format("has {} cell{}, the header has {}{}{}", count, count == 1 ? "" : "s",
                       header.size(), commas, extent());
  }
  return {};
}

// Byte order mark and header.
Status Reader::Impl::begin() {
  while (window.limit() < 4 && window.refill(0)) continue;
  USHER_TRY(window.status());
  const std::string_view first(window.data(0), window.limit());
  if (first.empty()) {
    return fail(name + ": is empty", "a CSV begins with a header, for example: email,first_name");
  }
  USHER_TRY(check_first_bytes(first, name));
  if (first.starts_with("\xEF\xBB\xBF")) at = 3;
  Record record;
  do {
    const bool any = scan();
    USHER_TRY(window.status());
    if (!any) {
      return fail(name + ": holds nothing but blank lines",
                  "a CSV begins with a header, for example: email,first_name");
    }
  } while (is_blank_line());
  fill(record);
  auto names = read_header(record, name);
  if (!names) return std::unexpected(std::move(names.error()));
  header = std::move(*names);
  return {};
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<Reader> Reader::over(Bytes bytes, std::string name, Limits limits) {
  auto impl = std::make_unique<Impl>(std::move(bytes), std::move(name), limits);
  USHER_TRY(impl->begin());
  return Reader(std::move(impl));
}

Result<Reader> Reader::open(const std::string& path, int stop_fd) {
  USHER_TRY_ASSIGN(auto input, open_input(path, stop_fd));
  USHER_TRY_ASSIGN(auto reader, over(std::move(input.bytes), name_of(path), Limits()));
  reader.impl_->size = input.size;
  return reader;
}

std::span<const std::string> Reader::header() const {
  return impl_->header;
}

Result<bool> Reader::next(Record& record) {
  do {
    const bool any = impl_->scan();
    USHER_TRY(impl_->window.status());
    if (!any) return false;
  } while (impl_->is_blank_line());
  ++impl_->number;
  impl_->fill(record);
  return true;
}

std::uint64_t Reader::bytes_read() const {
  return impl_->at;
}

std::uint64_t Reader::size() const {
  return impl_->size;
}

}  // namespace usher::csv
