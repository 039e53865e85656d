// SPDX-License-Identifier: Apache-2.0
#include "target/customers/schema.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/json_bytes.h"
#include "base/json_walk.h"
#include "base/text.h"
#include "base/time.h"
#include "target/customers/identity.h"
#include "target/customers/schema_table.h"

namespace usher::customers {
namespace {

using json_bytes::is_digit;
using schema::Field;
using schema::Form;
using schema::Object;

// How a text stands between its quotes; decoded only when somebody has to know.
class Quoted {
 public:
  explicit Quoted(std::string_view raw) : inside_(raw.substr(1, raw.size() - 2)) {}

  [[nodiscard]] bool empty() const { return inside_.empty(); }
  // No decoded text has more characters than its escaped form has bytes.
  [[nodiscard]] bool longer_than(std::size_t most) {
    return inside_.size() > most && utf8_length(text()) > most;
  }
  [[nodiscard]] std::string_view text() {
    if (inside_.find('\\') == std::string_view::npos) return inside_;
    decode_json(inside_, decoded_);
    return decoded_;
  }

 private:
  std::string_view inside_;
  std::string decoded_;
};

bool is_letters(std::string_view text, char first) {
  return text.size() == 2 &&
         std::ranges::all_of(text, [first](char c) { return c >= first && c < first + 26; });
}

// xxCustom01 to xxCustom30, whatever the two letters.
bool is_property(std::string_view name, int most) {
  if (name.size() != 10 || name.substr(2, 6) != "Custom") return false;
  if (!is_digit(name[8]) || !is_digit(name[9])) return false;
  const int number = (name[8] - '0') * 10 + (name[9] - '0');
  return number >= 1 && number <= most;
}

enum class DateForm : std::uint8_t { date, date_and_time, none };

DateForm date_form(std::string_view text) {
  if (text.size() < 10) return DateForm::none;
  const auto number = [text](std::size_t from, std::size_t size) {
    const std::string_view digits = text.substr(from, size);
    if (!std::ranges::all_of(digits, is_digit)) return -1;
    return static_cast<int>(parse_int(digits).value_or(-1));
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (text[4] != '-' || text[7] != '-' || year < 0 || month < 0 || day < 0) return DateForm::none;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return DateForm::none;
  if (text.size() == 10) return DateForm::date;
  return text[10] == 'T' && text.size() >= 16 ? DateForm::date_and_time : DateForm::none;
}

class Validator {
 public:
  Validator(std::string_view json, ImportType type, Change change, std::vector<SchemaFinding>& out)
      : walk_(json),
        type_(type),
        change_(change),
        out_(out),
        most_(out.size() + kMostFindingsOfItem) {}

  void run();
  void find(bool error, std::string_view rule, std::string message) {
    if (out_.size() < most_) out_.push_back({error, rule, std::move(message)});
  }

 private:
  struct Step {
    std::string_view name;
    int index = -1;  // of an element
  };

  // Of households nothing is published.
  [[nodiscard]] bool strict() const { return type_ == ImportType::customers; }
  // An update may name what it changes; to delete, it is enough to name somebody.
  [[nodiscard]] bool has_to_be_whole() const {
    return strict() && (change_ == Change::create || change_ == Change::upsert);
  }

  [[nodiscard]] std::string path() const;
  void tell(bool error, std::string_view rule, std::string_view words) {
    find(error && strict(), rule, fmt::format("{} {}", path(), words));
  }

  void object(const Object& object);
  void value(const Field& field);
  void scalar(const Field& field);
  void text(const Field& field);
  void formed_text(const Field& field, Quoted& quoted);
  void texts(const Field& field);
  void objects(const Field& field);
  void properties(const Field& field);
  void missing(const Field& field, std::string_view words);
  bool takes(JsonKind wanted, std::string_view words);

  JsonWalk walk_;
  ImportType type_;
  Change change_;
  std::vector<SchemaFinding>& out_;
  std::size_t most_;
  std::array<Step, 8> steps_{};
  std::size_t depth_ = 0;
};

std::string Validator::path() const {
  std::string text;
  for (std::size_t i = 0; i < depth_; ++i) {
    if (!text.empty()) text += '.';
    text += printable(steps_[i].name, 60);
    if (steps_[i].index >= 0) text += fmt::format("[{}]", steps_[i].index);
  }
  return text;
}

void Validator::missing(const Field& field, std::string_view words) {
  if (change_ == Change::del && depth_ > 1) return;
  const bool always = strict() && depth_ == 1;  // of the item itself
  tell(always || has_to_be_whole(), field.name == "changeType" ? "missing_change" : "missing_field",
       words);
}

// The value is no such thing: is it told, and passed over.
bool Validator::takes(JsonKind wanted, std::string_view words) {
  const JsonKind kind = walk_.peek();
  if (kind == wanted) return true;
  if (kind != JsonKind::null) tell(true, "wrong_type", words);
  walk_.skip();
  return false;
}

void Validator::object(const Object& object) {
  if (!walk_.enter('{')) return walk_.skip();
  std::uint64_t seen = 0;
  Step& step = steps_[depth_++];
  std::string_view name;
  while (walk_.next_member(name)) {
    const Field* const field = object.find(name);
    if (field == nullptr) {
      walk_.skip();
      continue;
    }
    step = {field->name};
    const std::uint64_t bit = std::uint64_t{1} << (field - object.fields.data());
    if ((seen & bit) != 0) tell(false, "repeated_field", "comes twice; the last one counts");
    seen |= bit;
    if (field->required && walk_.peek() == JsonKind::null) {
      missing(*field, "is null");
      walk_.skip();
    } else {
      value(*field);
    }
  }
  for (std::size_t i = 0; i < object.fields.size(); ++i) {
    const Field& field = object.fields[i];
    if (!field.required || (seen >> i & 1U) != 0) continue;
    step = {field.name};
    missing(field, "is missing");
  }
  --depth_;
}

void Validator::value(const Field& field) {
  switch (field.form) {
    case Form::object:
      if (takes(JsonKind::object, "has to be an object")) object(*field.object);
      break;
    case Form::objects:
      return objects(field);
    case Form::texts:
      return texts(field);
    case Form::properties:
      return properties(field);
    default:
      return scalar(field);
  }
}

// Another plain value than the published one may be understood; a list or an object is not.
void Validator::scalar(const Field& field) {
  const JsonKind kind = walk_.peek();
  const bool flag = field.form == Form::flag;
  const bool number = field.form == Form::number;
  const JsonKind wanted = flag ? JsonKind::boolean : number ? JsonKind::number : JsonKind::text;
  if (kind == wanted && kind == JsonKind::text) return text(field);
  if (kind != wanted && kind != JsonKind::null) {
    const bool container = kind == JsonKind::object || kind == JsonKind::array;
    tell(container, "wrong_type",
         flag     ? "has to be true or false"
         : number ? "has to be a number"
                  : "has to be text, in double quotes");
  }
  walk_.skip();
}

void Validator::text(const Field& field) {
  Quoted quoted(walk_.raw());
  if (quoted.empty()) {
    if (field.required) return missing(field, "is empty");
    // Is an empty birthday none? Nobody has published it.
    const bool odd = field.form != Form::text || field.name == "password" ||
                     (field.words != nullptr && field.words->closed);
    if (odd) tell(false, "bad_format", "is empty; leave it out instead");
    return;
  }
  if (field.most > 0 && quoted.longer_than(field.most)) {
    tell(true, "too_long", fmt::format("is longer than {} characters", field.most));
  }
  if (field.form != Form::text) return formed_text(field, quoted);
  if (field.words == nullptr) return;
  const auto& words = *field.words;
  if (std::ranges::find(words.list, quoted.text()) != words.list.end()) return;
  tell(words.closed, "unknown_value",
       fmt::format("is none of {}", fmt::join(words.list.begin(), words.list.end(), ", ")));
}

void Validator::formed_text(const Field& field, Quoted& quoted) {
  const std::string_view text = quoted.text();
  if (field.form == Form::language && !is_letters(text, 'a')) {
    tell(true, "bad_format", "has to be two small letters, such as sv");
  } else if (field.form == Form::country && !is_letters(text, 'A')) {
    tell(true, "bad_format", "has to be two capital letters, such as SE");
  } else if (field.form == Form::date) {
    const DateForm date = date_form(text);
    if (date == DateForm::none) tell(true, "bad_format", "has to be a date, YYYY-MM-DD");
    if (date == DateForm::date_and_time) {
      tell(false, "bad_format", "is a date with a time; YYYY-MM-DD is published");
    }
  }
}

void Validator::texts(const Field& field) {
  if (!takes(JsonKind::array, "has to be a list") || !walk_.enter('[')) return;
  Step& step = steps_[depth_ - 1];
  const Field each{field.name, Form::text, field.most, false, nullptr, nullptr};
  for (step.index = 0; walk_.next_element(); ++step.index) scalar(each);
  step.index = -1;
}

void Validator::objects(const Field& field) {
  if (!takes(JsonKind::array, "has to be a list") || !walk_.enter('[')) return;
  Step& step = steps_[depth_ - 1];
  for (step.index = 0; walk_.next_element(); ++step.index) {
    if (takes(JsonKind::object, "has to be an object")) object(*field.object);
  }
  step.index = -1;
}

void Validator::properties(const Field& field) {
  constexpr std::size_t kMostCharacters = 256;
  if (!takes(JsonKind::object, "has to be an object") || !walk_.enter('{')) return;
  Step& step = steps_[depth_++];
  std::string_view name;
  while (walk_.next_member(name)) {
    step = {name};
    if (!is_property(name, field.most)) {
      tell(false, "unknown_property",
           fmt::format("will not be stored: only xxCustom01 to xxCustom{:02} are", field.most));
      walk_.skip();
      continue;
    }
    const Field each{name, Form::text, kMostCharacters, false, nullptr, nullptr};
    scalar(each);
  }
  --depth_;
}

void Validator::run() {
  object(strict() ? schema::kCustomer : schema::kHousehold);
}

}  // namespace

Identity check_schema(std::string_view json, ImportType type, std::vector<SchemaFinding>& out) {
  ItemLook look = look_at_item(json, type);
  Identity& identity = look.identity;
  Validator validator(json, type, identity.change, out);
  const bool of_customer = look.person || look.organization;
  if (type == ImportType::customers && !of_customer && look.household) {
    validator.find(true, "wrong_mode", "is a household, and customers are to be imported");
    return std::move(identity);
  }
  if (type == ImportType::households && of_customer && !look.household) {
    validator.find(true, "wrong_mode", "is a customer, and households are to be imported");
    return std::move(identity);
  }
  validator.run();
  if (type == ImportType::households) {
    if (!is_named(identity)) validator.find(true, "unidentified", "householdId is missing");
    return std::move(identity);
  }
  if (look.type == "PERSON" && !look.person) {
    validator.find(true, "missing_field", "person is missing");
  } else if (look.type == "ORGANIZATION" && !look.organization) {
    validator.find(true, "missing_field", "organization is missing");
  }
  if (!is_named(identity)) {
    validator.find(true, "unidentified",
                   "nothing names the customer: a customerId, a username or a default e-mail "
                   "(DEFAULT, HOMEEMAIL) has to");
  }
  return std::move(identity);
}

}  // namespace usher::customers
