// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a body and collects what is wrong with them, so that one 422 tells all of it.
// null counts as absent wherever the API treats it so. Tested by users_test.cc and roles_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/answers.h"
#include "sandbox/call.h"

namespace usher::sandbox {

class Form {
 public:
  enum class Style { codes, fields };  // which of the two 422 bodies
  explicit Form(const Call& call, Style style = Style::codes);

  [[nodiscard]] bool has(std::string_view name);    // null included
  [[nodiscard]] bool given(std::string_view name);  // and not null
  // null where the field is absent.
  [[nodiscard]] const boost::json::value* raw(std::string_view name);

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::string required_text(std::string_view name);  // not blank
  // As text(), but null is refused.
  [[nodiscard]] std::optional<std::string> text_not_null(std::string_view name);
  // Up to `most` characters; blank is refused.
  [[nodiscard]] std::optional<std::string> short_text(std::string_view name, std::size_t most);
  [[nodiscard]] std::optional<bool> flag(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name);

  // `code` goes into the one style ("email_string_required"), `kind` into the other ("required").
  void refuse(std::string_view field, std::string_view code, std::string_view message,
              std::string_view kind = "invalid");
  // The 422, when anything was wrong. With `strict`, fields nobody asked for are wrong.
  [[nodiscard]] Checked<void> verdict(bool strict);

 private:
  struct Fault {
    std::string field;
    std::string code;
    std::string message;
    std::string kind;
  };
  void needs_text(std::string_view name);

  const boost::json::object& body_;
  Style style_;
  std::vector<std::string_view> asked_;
  std::vector<Fault> faults_;
};

}  // namespace usher::sandbox
