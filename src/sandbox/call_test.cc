// SPDX-License-Identifier: Apache-2.0
// Requests taken apart, and the address book that finds their handlers.
#include "sandbox/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/router.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

net::ServerRequest get(std::string target) {
  return {.method = "GET", .target = std::move(target)};
}

TEST(Call, SplitsThePathBeforeItDecodes) {
  const auto request = get("/a%2Fb/c%20d/x|y/%C3%BC?q=1");
  const Call call(request, {});
  EXPECT_THAT(call.segments, ElementsAre("a/b", "c d", "x|y", "ü"));
  EXPECT_EQ(call.path, "/a%2Fb/c%20d/x|y/%C3%BC");
}

TEST(Call, DecodesOnce) {
  const auto request = get("/a%252Fb");
  EXPECT_THAT(Call(request, {}).segments, ElementsAre("a%2Fb"));
}

TEST(Call, ReadsParametersAndListsInAllTheirForms) {
  const auto request = get("/x?a=1&b=p%2Bq+r&l=1%2C2&l=3&l[]=4&l%5B%5D=5&empty=&flag&=odd&&lx=9");
  const Call call(request, {});
  EXPECT_EQ(call.parameter("a"), "1");
  EXPECT_EQ(call.parameter("b"), "p+q r");
  EXPECT_EQ(call.parameter("empty"), "");
  EXPECT_EQ(call.parameter("flag"), "");
  EXPECT_EQ(call.parameter("none"), std::nullopt);
  EXPECT_THAT(call.list_parameter("l"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(call.list_parameter("empty"), IsEmpty());
}

TEST(Router, CatchesPartsAndPrefersLiterals) {
  const auto plain = get("/user_management/users/external_id/identities");
  Call call(plain, {});
  const auto match = api().find(call);
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/user_management/users/external_id/{external_id}");
  EXPECT_THAT(call.parts, ElementsAre("identities"));
}

TEST(Router, EveryAddressFindsItself) {
  for (std::size_t number = 0; number < api().size(); ++number) {
    const Route& route = api().route(number);
    net::ServerRequest request{.method = std::string(route.method)};
    std::size_t braces = 0;
    for (const char letter : route.pattern) {
      if (letter == '{') ++braces;
      if (letter != '{' && letter != '}') request.target += letter;
    }
    Call call(request, {});
    EXPECT_EQ(api().find(call).number, number) << route.method << " " << route.pattern;
    EXPECT_EQ(call.parts.size(), braces);
  }
}

TEST(Router, AnEmptyPartIsNoPart) {
  for (const char* target : {"/organizations/", "/organizations//", "//organizations", ""}) {
    const auto request = get(target);
    Call call(request, {});
    EXPECT_EQ(api().find(call).route, nullptr) << target;
  }
}

}  // namespace
}  // namespace usher::sandbox
