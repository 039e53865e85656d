// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <ostream>
#include <type_traits>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace usher {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, HasNoWayOutButReveal) {
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
  static_assert(!Streamable<Secret>);
  static_assert(!fmt::is_formattable<Secret>::value);
  EXPECT_EQ(Secret(std::string("sk")).reveal(), "sk");
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace usher
