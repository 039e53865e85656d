// SPDX-License-Identifier: Apache-2.0
#include "source/email.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher {
namespace {

TEST(Email, LetsThroughWhatMayBeAnAddress) {
  const std::string longest_local(64, 'a');
  const std::string label(63, 'd');
  for (const std::string& address :
       {std::string("a@example.com"), std::string("A.b+c_d-e@sub.example.co.test"),
        std::string("o'neil!#$%&*/=?^`{|}~@example.com"), longest_local + "@example.com",
        "a@" + label + ".test", std::string("a..b.@example.com"),
        std::string("\xC3\xA9milie@example.com"), std::string("a@xn--bcher-kva.example"),
        std::string("a@1.example.com"), std::string("1@2.co")}) {
    EXPECT_FALSE(email_problem(address)) << address << " " << email_problem(address).value_or("");
  }
}

TEST(Email, NamesWhatIsWrong) {
  const std::string label(64, 'd');
  const std::string domain = std::string(60, 'd') + "." + std::string(60, 'e') + "." +
                             std::string(60, 'f') + "." + std::string(60, 'g') + ".test";
  const std::pair<std::string, const char*> table[] = {
      {"", "has no @"},
      {"example.com", "has no @"},
      {"a@b@example.com", "more than one @"},
      {"@example.com", "nothing before the @"},
      {"a@", "nothing behind the @"},
      {"a@localhost", "no dot in its domain"},
      {"a@example..com", "empty part"},
      {"a@.com", "empty part"},
      {"a@example.", "empty part"},
      {"a@-x.com", "hyphen"},
      {"a@x-.com", "hyphen"},
      {"a@ex_ample.com", "character that domains cannot have"},
      {"a@127.0.0.1", "ends in a number"},
      {"a@[127.0.0.1]", "cannot have"},
      {"a b@example.com", "holds a space"},
      {"a\tb@example.com", "control character"},
      {"Ann <ann@example.com>", "space"},
      {"<ann@example.com>", "between < and >"},
      {"a@example.com;b@example.com", "several addresses"},
      {"a@example.com,b@example.com", "several addresses"},
      {"\"a\"@example.com", "cannot have"},
      {std::string(65, 'a') + "@example.com", "more than 64 characters"},
      {"a@" + label + ".test", "more than 63 characters"},
      {"aaaaaaaaaa@" + domain, "longer than 254"},
      {"a@b\xC3\xBC"
       "cher.example",
       "xn--"},
  };
  for (const auto& [address, part] : table) {
    EXPECT_THAT(std::string(email_problem(address).value_or("no problem")),
                testing::HasSubstr(part))
        << address;
  }
}

// The rules once more, without the reader's short cut for ordinary addresses.
bool reference(const std::string& address) {
  const auto parts = split(address, '@');
  if (parts.size() != 2 || parts[0].empty() || parts[0].size() > 64) return false;
  const auto labels = split(parts[1], '.');
  for (const std::string_view label : labels) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (label.find_first_of("_+") != std::string_view::npos || !is_ascii(label)) return false;
  }
  return labels.size() > 1 &&
         labels.back().find_first_not_of("0123456789") != std::string_view::npos;
}

TEST(Email, HasNoShortCutAroundItsRules) {
  const std::string alphabet = "a9-._+@";
  for (std::size_t length = 1; length <= 7; ++length) {
    std::vector<std::size_t> digits(length, 0);
    for (std::size_t i = 0; i < length;) {
      std::string address;
      for (const std::size_t digit : digits) address += alphabet[digit];
      ASSERT_EQ(!email_problem(address), reference(address)) << address;
      for (i = 0; i < length && ++digits[i] == alphabet.size(); ++i) digits[i] = 0;
    }
  }
}

}  // namespace
}  // namespace usher
