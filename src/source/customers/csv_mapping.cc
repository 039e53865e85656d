// SPDX-License-Identifier: Apache-2.0
#include "source/customers/csv_mapping.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/json_bytes.h"
#include "base/text.h"
#include "source/customers/input_bytes.h"

namespace usher::customers {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostMapping = std::size_t{1} << 20;
constexpr std::size_t kMostSteps = 8;
constexpr std::int64_t kMostElements = 100;

constexpr std::array<std::string_view, 3> kDateWords = {"YYYY", "MM", "DD"};

// A member of an object, or an element of a list.
struct Step {
  std::string name;
  std::optional<std::size_t> index;
};

// "person.customerCards[0].number"
std::optional<std::vector<Step>> steps_of(std::string_view path) {
  std::vector<Step> steps;
  for (const std::string_view part : split(path, '.')) {
    const auto bracket = std::min(part.find('['), part.size());
    if (bracket == 0 || part.substr(0, bracket).contains(']')) return std::nullopt;
    steps.push_back({std::string(part.substr(0, bracket)), {}});
    std::string_view rest = part.substr(bracket);
    while (!rest.empty()) {
      const auto close = rest.find(']');
      if (rest.front() != '[' || close == std::string_view::npos) return std::nullopt;
      const auto index = parse_int(rest.substr(1, close - 1));
      if (!index || *index < 0 || *index >= kMostElements) return std::nullopt;
      steps.push_back({"", static_cast<std::size_t>(*index)});
      rest.remove_prefix(close + 1);
    }
  }
  if (steps.size() > kMostSteps) return std::nullopt;
  return steps;
}

class Parser {
 public:
  explicit Parser(std::string name) : name_(std::move(name)) {}

  Result<CsvMapping> run(std::string_view text) {
    json::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error || !parsed.is_object()) return wrong("is no JSON object");
    for (const auto& [key, value] : parsed.get_object()) USHER_TRY(take(key, value));
    if (mapping_.columns.empty()) return wrong("maps no column");
    return std::move(mapping_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& problem) const {
    return fail(fmt::format("{}: {}", name_, problem),
                "docs/customers-csv.md shows how a mapping looks");
  }

  Status take(std::string_view key, const json::value& value) {
    if (key == "separator") return take_separator(value);
    if (key == "constants") return take_constants(value);
    if (key == "columns") return take_columns(value);
    if (key == "drop") return take_texts(key, value, mapping_.drop);
    if (key == "empty") return take_texts(key, value, mapping_.empty);
    return wrong(fmt::format("\"{}\" is none of separator, constants, columns, drop, empty",
                             printable(key, 40)));
  }

  Status take_separator(const json::value& value) {
    const auto* const text = value.if_string();
    constexpr std::string_view kTaken = ",;\t|";
    if (text == nullptr || text->size() != 1 || kTaken.find((*text)[0]) == std::string_view::npos) {
      return wrong(R"(the separator is one of ",", ";", "|" and "\t")");
    }
    mapping_.separator = (*text)[0];
    return {};
  }

  Status take_texts(std::string_view key, const json::value& value, std::vector<std::string>& out) {
    const auto* const list = value.if_array();
    if (list == nullptr) return wrong(fmt::format("\"{}\" has to be a list of texts", key));
    for (const auto& element : *list) {
      if (!element.is_string()) return wrong(fmt::format("\"{}\" has to be a list of texts", key));
      out.emplace_back(element.get_string());
    }
    return {};
  }

  Status take_constants(const json::value& value) {
    if (!value.is_object()) return wrong("\"constants\" has to be an object");
    for (const auto& [path, constant] : value.get_object()) {
      CsvField field;
      field.kind = CsvField::Kind::constant;
      field.json = json::serialize(constant);
      USHER_TRY(place(path, std::move(field)));
    }
    return {};
  }

  // "Card": a path, {"to": path, ...}, or a list of them.
  Status take_columns(const json::value& value) {
    if (!value.is_object()) return wrong("\"columns\" has to be an object");
    for (const auto& [column, target] : value.get_object()) {
      const std::string name(trim(column));
      mapping_.columns.push_back(name);
      if (!target.is_array()) {
        USHER_TRY(take_target(name, target));
        continue;
      }
      for (const auto& one : target.get_array()) USHER_TRY(take_target(name, one));
    }
    return {};
  }

  Status take_target(const std::string& column, const json::value& target) {
    const std::string where = fmt::format("column \"{}\"", printable(column, 40));
    CsvField field;
    field.kind = CsvField::Kind::column;
    field.column = column;
    if (target.is_string()) return place(target.get_string(), std::move(field));
    if (!target.is_object()) return wrong(where + " has to say where it goes to");
    std::string to;
    for (const auto& [key, value] : target.get_object()) {
      const std::string_view text =
          value.is_string() ? std::string_view(value.get_string()) : std::string_view();
      if (key == "to" && !text.empty()) {
        to = text;
      } else if (key == "date" && is_date_pattern(text)) {
        field.form = CellForm::date;
        field.date = text;
      } else if (key == "as" && (text == "text" || text == "boolean" || text == "number")) {
        field.form = text == "boolean"  ? CellForm::boolean
                     : text == "number" ? CellForm::number
                                        : CellForm::text;
      } else {
        return wrong(fmt::format(
            R"({}: "{}" is not understood: "to" is a path, "as" one of text, boolean and number, )"
            R"("date" a pattern such as DD.MM.YYYY)",
            where, printable(key, 40)));
      }
    }
    if (to.empty()) return wrong(where + " has to say where it goes to");
    return place(to, std::move(field));
  }

  Status place(std::string_view path, CsvField field) {
    const std::string shown = fmt::format("\"{}\"", printable(path, 80));
    const auto steps = steps_of(path);
    if (!steps) return wrong(shown + " is no path such as person.customerCards[0].number");
    CsvField* at = &mapping_.item;
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const bool last = i + 1 == steps->size();
      USHER_TRY_ASSIGN(CsvField* const next, step_into(*at, (*steps)[i], shown));
      const bool fresh = next->kind == CsvField::Kind::object && next->inner.empty();
      if (last) {
        if (!fresh) return wrong(shown + " is filled twice");
        field.name = next->name;
        *next = std::move(field);
        return {};
      }
      const auto wanted = (*steps)[i + 1].index ? CsvField::Kind::list : CsvField::Kind::object;
      if (fresh) next->kind = wanted;
      if (next->kind != wanted) return wrong(shown + " goes through something that is a value");
      at = next;
    }
    return {};
  }

  Result<CsvField*> step_into(CsvField& at, const Step& step, const std::string& shown) {
    if (step.index) {
      if (*step.index > at.inner.size()) {
        return wrong(shown + ": elements are named in order, from [0] on");
      }
      if (*step.index == at.inner.size()) at.inner.emplace_back();
      return &at.inner[*step.index];
    }
    std::string name;
    append_json_string(name, step.name);
    const auto there = std::ranges::find(at.inner, name, &CsvField::name);
    if (there != at.inner.end()) return &*there;
    at.inner.emplace_back();
    at.inner.back().name = std::move(name);
    return &at.inner.back();
  }

  std::string name_;
  CsvMapping mapping_;
};

}  // namespace

bool is_date_pattern(std::string_view pattern) {
  if (pattern.size() > 20) return false;
  std::string rest(pattern);
  for (const std::string_view word : kDateWords) {
    const auto at = rest.find(word);
    if (at == std::string::npos) return false;
    rest.replace(at, word.size(), 1, ' ');
  }
  return rest.find_first_of("YMD0123456789") == std::string::npos;
}

bool read_date(std::string_view text, std::string_view pattern, std::string& out) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = std::string_view("YMD").find(pattern[i]) != std::string_view::npos;
    if (digit ? !json_bytes::is_digit(text[i]) : text[i] != pattern[i]) return false;
  }
  out.clear();
  for (const std::string_view word : kDateWords) {
    if (!out.empty()) out += '-';
    out += text.substr(pattern.find(word), word.size());
  }
  return true;
}

Result<CsvMapping> CsvMapping::parse(std::string_view text, const std::string& name) {
  return Parser(name).run(text);
}

Result<CsvMapping> CsvMapping::read(const std::string& path) {
  USHER_TRY_ASSIGN(const std::string text, read_file(path, kMostMapping));
  return parse(text, shown_path(path));
}

}  // namespace usher::customers
