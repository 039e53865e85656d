// SPDX-License-Identifier: Apache-2.0
#include "source/customers/csv_items.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "source/cells.h"
#include "source/customers/input_bytes.h"
#include "source/customers/json_check.h"

namespace usher::customers {
namespace {

constexpr std::size_t kMostLinesTold = 10;
constexpr std::size_t kMostItem = std::size_t{1} << 20;

char swapped(char c, char separator) {
  if (c == ',') return separator;
  return c == separator ? ',' : c;
}

// The reader knows commas alone: the separator and the comma change places on the way in, and back
// again in every cell (clean()).
Bytes with_commas_swapped(Bytes bytes, char separator) {
  if (separator == ',') return bytes;
  return [bytes = std::move(bytes), separator](std::span<char> room) -> Result<std::size_t> {
    auto got = bytes(room);
    if (got) {
      for (char& c : room.first(*got)) c = swapped(c, separator);
    }
    return got;
  };
}

// No-break spaces are spaces, and spaces around a cell are none of it.
std::string clean(std::string_view text, char separator) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  std::string cell(text);
  if (separator != ',') {
    for (char& c : cell) c = swapped(c, separator);
  }
  for (auto at = cell.find(kNoBreakSpace); at != std::string::npos;
       at = cell.find(kNoBreakSpace, at)) {
    cell.replace(at, kNoBreakSpace.size(), 1, ' ');
  }
  return std::string(trim(cell));
}

bool is_number(std::string_view text) {
  const std::string value = std::string(text) + ' ';  // a number at the very end might go on
  if (text.empty() || (text.front() != '-' && (text.front() < '0' || text.front() > '9'))) {
    return false;
  }
  const JsonCheck checked = check_json(value);
  return checked.end == JsonCheck::End::whole && checked.position == text.size();
}

std::string_view wanted(const CsvField& field) {
  if (field.form == CellForm::boolean) return "true or false (yes, no, 1, 0)";
  return field.form == CellForm::number ? "a number as JSON has it, such as 12.50"
                                        : std::string_view(field.date);
}

// Which columns a part of the item is made of, and whether one of them says something.
struct Columns {
  bool any = false;
  bool filled = false;
};

void look_at_columns(const CsvField& field, const std::vector<std::string>& cells, Columns& out) {
  if (field.kind == CsvField::Kind::column) {
    out.any = true;
    out.filled = out.filled || !cells[field.index].empty();
  }
  for (const CsvField& inner : field.inner) look_at_columns(inner, cells, out);
}

}  // namespace

void CsvItems::clean_cells() {
  cells_.resize(record_.cells.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i] = clean(record_.cells[i], mapping_.separator);
    if (std::ranges::find(mapping_.empty, cells_[i]) != mapping_.empty.end()) cells_[i].clear();
  }
}

Status CsvItems::bind(CsvField& field, const std::vector<std::string>& header) {
  for (CsvField& inner : field.inner) USHER_TRY(bind(inner, header));
  if (field.kind != CsvField::Kind::column) return {};
  const auto there = std::ranges::find(header, field.column);
  if (there == header.end()) {
    return fail(fmt::format("{}: has no column \"{}\", which the mapping names", name_,
                            printable(field.column, 60)),
                fmt::format("its columns are: {}",
                            printable(fmt::format("{}", fmt::join(header, ", ")), 300)));
  }
  field.index = static_cast<std::size_t>(there - header.begin());
  return {};
}

Result<CsvItems> CsvItems::begin(Bytes bytes, std::string name, const CsvMapping& mapping) {
  USHER_TRY_ASSIGN(
      csv::Reader reader,
      csv::Reader::over(with_commas_swapped(std::move(bytes), mapping.separator), name, {}));
  CsvItems items(std::move(reader), std::move(name), mapping);
  std::vector<std::string> header;
  for (const std::string& column : items.reader_.header()) {
    header.push_back(clean(column, mapping.separator));
  }
  USHER_TRY(items.bind(items.mapping_.item, header));
  for (const std::string& column : header) {
    const auto in = [&](const auto& list) { return std::ranges::find(list, column) != list.end(); };
    if (in(mapping.columns) || in(mapping.drop)) continue;
    return fail(fmt::format("{}: the column \"{}\" is neither mapped nor dropped", items.name_,
                            printable(column, 60)),
                "put it under \"columns\" or \"drop\" of the mapping (docs/customers-csv.md)");
  }
  return items;
}

void CsvItems::note(std::string problem) {
  if (problem_.empty()) {
    problem_ = std::move(problem);
    problem_line_ = record_.line;
  } else if (record_.line != last_line_) {  // of one record, one is enough
    ++more_;
    if (more_lines_.size() < kMostLinesTold) more_lines_.push_back(record_.line);
  }
  last_line_ = record_.line;
}

Status CsvItems::trouble() const {
  if (problem_.empty()) return {};
  std::string what = fmt::format("{}:{}: {}", name_, problem_line_, problem_);
  if (more_ > 0) {
    what += fmt::format("; {} more records cannot be read, in lines {}{}", with_commas(more_),
                        fmt::join(more_lines_, ", "), more_ > more_lines_.size() ? ", ..." : "");
  }
  return fail(std::move(what), "nothing has been sent; correct the file or the mapping");
}

bool CsvItems::append_cell(const CsvField& field, std::string& out) {
  const std::string& value = cells_[field.index];
  if (value.empty()) return false;
  std::string date;
  const auto truth = field.form == CellForm::boolean ? read_truth(value) : std::nullopt;
  if (field.form == CellForm::text) {
    append_json_string(out, value);
  } else if (field.form == CellForm::boolean && truth) {
    out += *truth ? "true" : "false";
  } else if (field.form == CellForm::number && is_number(value)) {
    out += value;
  } else if (field.form == CellForm::date && read_date(value, field.date, date)) {
    append_json_string(out, date);
  } else {
    note(fmt::format("the column \"{}\" has to be {}", printable(field.column, 60), wanted(field)));
    return false;
  }
  return true;
}

// Constants alone do not make an element of a list: a card without its number is no card.
bool CsvItems::is_vacant(const CsvField& element) const {
  Columns columns;
  look_at_columns(element, cells_, columns);
  return columns.any && !columns.filled;
}

bool CsvItems::append_inner(const CsvField& field, std::string& out) {
  const bool object = field.kind == CsvField::Kind::object;
  const std::size_t begin = out.size();
  out += object ? '{' : '[';
  bool any = false;
  for (const CsvField& inner : field.inner) {
    if (!object && is_vacant(inner)) continue;
    const std::size_t before = out.size();
    if (any) out += ',';
    if (object) out += inner.name + ':';
    if (append(inner, out)) {
      any = true;
    } else {
      out.resize(before);
    }
  }
  out += object ? '}' : ']';
  if (!any) out.resize(begin);
  return any;
}

bool CsvItems::append(const CsvField& field, std::string& out) {
  if (field.kind == CsvField::Kind::column) return append_cell(field, out);
  if (field.kind != CsvField::Kind::constant) return append_inner(field, out);
  out += field.json;
  return true;
}

Result<bool> CsvItems::next(FoundItem& item) {
  USHER_TRY_ASSIGN(const bool any, reader_.next(record_));
  if (!any) {
    USHER_TRY(trouble());
    return false;
  }
  json_.clear();
  if (!record_.problem.empty()) {
    note("the record " + record_.problem);
    json_ = "{}";
  } else {
    clean_cells();
    if (!append_inner(mapping_.item, json_)) json_ = "{}";
    if (json_.size() > kMostItem) {
      note(fmt::format("the item is larger than {} bytes", with_commas(kMostItem)));
    }
  }
  item.line = record_.line;
  item.json = json_;
  return true;
}

Result<std::uint64_t> MadeItems::add(std::string_view json) {
  constexpr std::size_t kBuffer = std::size_t{256} << 10;
  const std::uint64_t offset = size_;
  buffer_ += json;
  size_ += json.size();
  if (buffer_.size() >= kBuffer) USHER_TRY(flush());
  return offset;
}

Status MadeItems::flush() {
  if (buffer_.empty()) return {};
  if (!fd_) {
    USHER_TRY_ASSIGN(fd_, unlinked_file());
  }
  Status done = write_all(fd_.get(), buffer_, "items of a CSV (a temporary file)");
  buffer_.clear();
  return done;
}

Status MadeItems::read_at(std::uint64_t offset, std::span<char> room) const {
  return read_exactly(fd_.get(), offset, room, "items of a CSV (a temporary file)");
}

}  // namespace usher::customers
