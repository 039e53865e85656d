// SPDX-License-Identifier: Apache-2.0
#include "analysis/error_record.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "source/json_text.h"
#include "source/secret_column.h"

namespace usher::analysis {
namespace {

constexpr std::size_t kMostInnerCodes = 32;
constexpr std::size_t kMostCells = 4096;
constexpr std::size_t kLongestExample = 16 << 10;
constexpr std::size_t kLongestText = 1000;  // of an example

// Calls `member(name)` behind each name of an object, which has to read the value.
template <class Member>
bool each_member(JsonText& text, std::string& name, Member member) {
  if (!text.read('{')) return false;
  if (text.peek() == '}') return text.read('}');
  while (true) {
    if (!text.read_string(name) || !text.read(':') || !member(name)) return false;
    if (text.peek() != ',') return text.read('}');
    if (!text.read(',')) return false;
  }
}

// Calls `element()` at each value of a list.
template <class Element>
bool each_element(JsonText& text, Element element) {
  if (!text.read('[')) return false;
  if (text.peek() == ']') return text.read(']');
  while (true) {
    if (!element()) return false;
    if (text.peek() != ',') return text.read(']');
    if (!text.read(',')) return false;
  }
}

class Reader {
 public:
  Reader(std::string_view line, ErrorRecord& record) : line_(line), text_(line), record_(record) {}

  std::optional<std::string> read() {
    const bool read =
        each_member(text_, name_, [&](const std::string& name) { return field(name); }) &&
        text_.read_end();
    if (read) return std::nullopt;
    return std::string(text_.problem()) + " (at byte " + std::to_string(text_.position() + 1) + ")";
  }

 private:
  bool field(const std::string& name) {
    struct Text {
      std::string_view name;
      std::string ErrorRecord::* member;
    };
    static constexpr std::array kTexts = {
        Text{"email", &ErrorRecord::email},
        Text{"userId", &ErrorRecord::user_id},
        Text{"errorType", &ErrorRecord::type},
        Text{"errorMessage", &ErrorRecord::message},
        Text{"workosCode", &ErrorRecord::code},
        Text{"orgId", &ErrorRecord::org_id},
        Text{"orgExternalId", &ErrorRecord::org_external_id},
        Text{"csvPath", &ErrorRecord::csv_path},
    };
    const auto* found = std::ranges::find(kTexts, name, &Text::name);
    if (found != kTexts.end()) return text(record_.*(found->member));
    if (name == "recordNumber") return number(record_.number);
    if (name == "httpStatus") return status();
    if (name == "retryable") return truth();
    if (name == "workosErrors") return problems();
    if (name == "rawRow") return raw_row();
    return text_.skip_value();
  }

  bool read_value() { return text_.read_value(value_, is_null_); }
  bool text(std::string& into) {
    return text_.peek() == '"' ? text_.read_string(into) : text_.skip_value();
  }
  bool number(std::uint64_t& into) {
    const bool bare = text_.peek() != '"';
    if (!read_value()) return false;
    const auto read = bare ? parse_int(value_) : std::nullopt;
    into = read && *read > 0 ? static_cast<std::uint64_t>(*read) : 0;
    return true;
  }
  bool status() {
    std::uint64_t read = 0;
    if (!number(read)) return false;
    record_.status = read >= 100 && read <= 999 ? static_cast<int>(read) : 0;
    return true;
  }
  bool truth() {
    const bool bare = text_.peek() != '"';
    if (!read_value()) return false;
    if (bare && (value_ == "true" || value_ == "false")) record_.retryable = value_ == "true";
    return true;
  }
  bool raw_row() {
    const bool object = text_.peek() == '{';
    const std::size_t begin = text_.position();
    if (!text_.skip_value()) return false;
    if (object) record_.raw_row = line_.substr(begin, text_.position() - begin);
    return true;
  }
  bool problems() {
    if (text_.peek() != '[') return text_.skip_value();
    return each_element(text_, [&] {
      if (text_.peek() != '{') return text_.skip_value();
      return each_member(text_, inner_, [&](const std::string& name) {
        const bool code = name == "code" && text_.peek() == '"';
        if (!read_value()) return false;
        const bool room = record_.inner_codes.size() < kMostInnerCodes;
        if (code && room && !value_.empty()) record_.inner_codes.push_back(value_);
        return true;
      });
    });
  }

  std::string_view line_;
  JsonText text_;
  ErrorRecord& record_;
  std::string name_;
  std::string inner_;
  std::string value_;
  bool is_null_ = false;
};

// What a new line begins with; strings keep their memory.
void clear(ErrorRecord& record) {
  for (std::string* text :
       {&record.email, &record.user_id, &record.type, &record.message, &record.code, &record.org_id,
        &record.org_external_id, &record.csv_path}) {
    text->clear();
  }
  record.number = 0;
  record.status = 0;
  record.inner_codes.clear();
  record.retryable.reset();
  record.raw_row = {};
}

// Copies a value, its texts cut.
bool copy_value(JsonText& text, JsonWriter& out, std::string& value) {
  const bool quoted = text.peek() == '"';
  bool is_null = false;
  if (!text.read_value(value, is_null)) return false;
  if (quoted || find_invalid_utf8(value)) {
    out.value(printable(value, kLongestText));
  } else if (is_null) {
    out.null();
  } else {
    out.json(value);
  }
  return true;
}

bool copy_raw_row(JsonText& text, JsonWriter& out) {
  std::string name;
  std::string value;
  out.open_object();
  const bool read = each_member(text, name, [&](const std::string& column) {
    out.key(column);
    if (!is_secret_column(column)) return copy_value(text, out, value);
    bool is_null = false;
    if (!text.read_value(value, is_null)) return false;
    out.value(value.empty() || is_null ? std::string_view() : Secret::kMask);
    return true;
  });
  out.close_object();
  return read;
}

std::string example(std::string_view line, bool with_raw_row) {
  std::string result;
  JsonWriter out(result);
  JsonText text(line);
  std::string name;
  std::string value;
  out.open_object();
  const bool read = each_member(text, name, [&](const std::string& field) {
    if (field == "rawRow" && !with_raw_row) return text.skip_value();
    out.key(field);
    if (field == "rawRow" && text.peek() == '{') return copy_raw_row(text, out);
    return copy_value(text, out, value);
  });
  out.close_object();
  return read ? result : "{}";
}

}  // namespace

std::optional<std::string> read_error(std::string_view line, ErrorRecord& record) {
  clear(record);
  return Reader(line, record).read();
}

const std::string* RawRow::find(std::string_view column) const {
  const auto found = std::ranges::find(
      cells, column, [](const auto& cell) -> const std::string& { return cell.first; });
  return found == cells.end() ? nullptr : &found->second;
}

bool read_raw_row(std::string_view json, RawRow& row) {
  JsonText text(json);
  std::string name;
  std::size_t used = 0;
  row.ragged = false;
  const bool read = each_member(text, name, [&](const std::string& column) {
    if (used == kMostCells) return false;
    if (used == row.cells.size()) row.cells.emplace_back();
    auto& [key, cell] = row.cells[used];
    bool is_null = false;
    if (!text.read_value(cell, is_null)) return false;
    if (column == "_extra") {
      row.ragged = true;
      return true;
    }
    key = column;
    if (is_null) cell.clear();
    ++used;
    return true;
  });
  row.cells.resize(used);
  return read;
}

std::string as_example(std::string_view line) {
  std::string whole = example(line, true);
  if (whole.size() <= kLongestExample) return whole;
  std::string small = example(line, false);
  return small.size() <= kLongestExample ? small : "{}";
}

}  // namespace usher::analysis
