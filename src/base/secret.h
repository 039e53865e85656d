// SPDX-License-Identifier: Apache-2.0
// Text that must never be printed: API keys, passwords, password hashes. There is no operator<<, no
// formatter and no implicit conversion; whoever needs the bytes says reveal(), and a search for
// that word lists every place that can leak. Tested by secret_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace usher {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  explicit Secret(std::string_view text) : text_(text) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string_view reveal() const { return text_; }

  // What may be shown instead: the same dots whatever the length.
  static constexpr std::string_view kMask = "••••••";

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

}  // namespace usher
