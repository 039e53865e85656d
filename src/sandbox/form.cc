// SPDX-License-Identifier: Apache-2.0
#include "sandbox/form.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::sandbox {

namespace json_ = boost::json;

namespace {

// "user_id" -> "User id"
std::string spoken(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z') {
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  }
  return words;
}

std::string text_of(const json_::value& value) {
  return json_::value_to<std::string>(value);
}

}  // namespace

Form::Form(const Call& call, Style style) : body_(*call.body), style_(style) {}

const json_::value* Form::raw(std::string_view name) {
  asked_.push_back(name);
  return body_.if_contains(name);
}

bool Form::has(std::string_view name) {
  return raw(name) != nullptr;
}

bool Form::given(std::string_view name) {
  const json_::value* value = raw(name);
  return value != nullptr && !value->is_null();
}

void Form::needs_text(std::string_view name) {
  refuse(name, fmt::format("{}_string_required", name),
         fmt::format("{} should be a non-empty string.", spoken(name)), "required");
}

std::optional<std::string> Form::text(std::string_view name) {
  const json_::value* value = raw(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return text_of(*value);
  needs_text(name);
  return {};
}

std::string Form::required_text(std::string_view name) {
  const json_::value* value = raw(name);
  if (value != nullptr && value->is_string() && !trim(value->get_string()).empty()) {
    return text_of(*value);
  }
  needs_text(name);
  return {};
}

std::optional<std::string> Form::text_not_null(std::string_view name) {
  const json_::value* value = raw(name);
  if (value == nullptr) return {};
  if (value->is_string()) return text_of(*value);
  needs_text(name);
  return {};
}

std::optional<std::string> Form::short_text(std::string_view name, std::size_t most) {
  const json_::value* value = raw(name);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string() || trim(value->get_string()).empty()) {
    needs_text(name);
    return {};
  }
  if (utf8_length(value->get_string()) > most) {
    refuse(name, fmt::format("{}_too_long", name),
           fmt::format("{} should have at most {} characters.", spoken(name), most));
  }
  return text_of(*value);
}

std::optional<bool> Form::flag(std::string_view name) {
  const json_::value* value = raw(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_bool()) return value->get_bool();
  refuse(name, fmt::format("{}_boolean_required", name),
         fmt::format("{} should be a boolean.", spoken(name)));
  return {};
}

std::optional<std::int64_t> Form::number(std::string_view name) {
  const json_::value* value = raw(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_int64()) return value->get_int64();
  refuse(name, fmt::format("{}_integer_required", name),
         fmt::format("{} should be an integer.", spoken(name)));
  return {};
}

std::optional<std::vector<std::string>> Form::texts(std::string_view name) {
  const json_::value* value = raw(name);
  if (value == nullptr || value->is_null()) return {};
  std::vector<std::string> texts;
  bool all_texts = value->is_array();
  if (all_texts) {
    for (const json_::value& each : value->get_array()) {
      all_texts = all_texts && each.is_string() && !each.get_string().empty();
      if (all_texts) texts.push_back(text_of(each));
    }
  }
  if (all_texts) return texts;
  refuse(name, fmt::format("{}_array_required", name),
         fmt::format("{} should be an array of non-empty strings.", spoken(name)));
  return {};
}

void Form::refuse(std::string_view field, std::string_view code, std::string_view message,
                  std::string_view kind) {
  faults_.push_back(
      {std::string(field), std::string(code), std::string(message), std::string(kind)});
}

Checked<void> Form::verdict(bool strict) {
  if (strict) {
    for (const auto& [name, value] : body_) {
      const std::string_view field(name.data(), name.size());
      if (std::ranges::find(asked_, field) != asked_.end()) continue;
      refuse(field, "unknown_field", fmt::format("Property {} should not exist.", field));
    }
  }
  if (faults_.empty()) return {};
  if (style_ == Style::fields) {
    std::vector<FieldProblem> problems;
    problems.reserve(faults_.size());
    for (const Fault& fault : faults_) problems.push_back({fault.field, fault.kind});
    return sandbox::refuse(with_problems(problems));
  }
  std::vector<Problem> problems;
  problems.reserve(faults_.size());
  for (const Fault& fault : faults_) problems.push_back({fault.code, fault.message});
  return sandbox::refuse(invalid(problems));
}

}  // namespace usher::sandbox
