// SPDX-License-Identifier: Apache-2.0
#include "run/customers/masked.h"

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

TEST(Masked, LeavesEverythingButPasswordsAsItWas) {
  EXPECT_EQ(masked(R"({ "a" : "password", "b":[1, 2.50 ,"\u00c5"]})"),
            R"({ "a" : "password", "b":[1, 2.50 ,"\u00c5"]})");
  EXPECT_EQ(masked(R"({"person":{"password": "hunter2","x":007}})"),
            R"({"person":{"password": "••••••","x":007}})");
}

TEST(Masked, FindsPasswordsAtAnyDepthInAnyCaseAndOfAnyKind) {
  EXPECT_EQ(masked(R"([{"PassWord":1},{"a":[{"pass\u0077ord":{"b":"x"}}]},{"password":null}])"),
            R"([{"PassWord":"••••••"},{"a":[{"pass\u0077ord":"••••••"}]},{"password":null}])");
}

TEST(Masked, OfWhateverItIsGivenEnds) {
  const std::string text = R"({"a":[{"password":"x\"y"}],"b":{"password":"z"}})";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    EXPECT_EQ(masked(text.substr(0, size)).find("z\""), std::string::npos);
  }
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "[";
  deep += R"({"password":"x"})";
  for (int i = 0; i < 10'000; ++i) deep += "]";
  EXPECT_EQ(masked(deep).find("\"x\""), std::string::npos);
}

}  // namespace
}  // namespace usher::customers
