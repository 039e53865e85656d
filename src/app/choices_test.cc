// SPDX-License-Identifier: Apache-2.0
#include "app/choices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher {
namespace {

using ::testing::HasSubstr;

TEST(Choices, RefuseEveryCombinationOfOrganizationsThatCannotBeMeant) {
  for (int bits = 0; bits < 16; ++bits) {
    SCOPED_TRACE(bits);
    const bool id = (bits & 1) != 0;
    const bool external = (bits & 2) != 0;
    const bool name = (bits & 4) != 0;
    const bool create = (bits & 8) != 0;
    const auto chosen = choose_organization(
        {id ? "org_1" : " ", external ? "north" : "", name ? "North Ltd" : "  ", create});
    const bool one = (id ? 1 : 0) + (external ? 1 : 0) + (name ? 1 : 0) <= 1;
    const bool pair = external && name && create && !id;
    const bool creatable = !create || (name && !id);
    ASSERT_EQ(chosen.has_value(), (one || pair) && creatable);
    if (!chosen) continue;
    EXPECT_EQ(chosen->by, id         ? OrgRef::By::id
                          : external ? OrgRef::By::external_id
                          : name     ? OrgRef::By::name
                                     : OrgRef::By::none);
    EXPECT_EQ(chosen->may_create, create);
    EXPECT_EQ(chosen->name, external && name ? "North Ltd" : "");
  }
}

TEST(Choices, SayWhichOfTwoOptionsToChoose) {
  EXPECT_EQ(choose_organization({"org_1", "north", "", false}).error().line(),
            "Cannot specify both --org-id and --org-external-id (choose one)");
  EXPECT_THAT(choose_organization({"", "north", "", true}).error().line(),
              HasSubstr("--create-org-if-missing needs --org-name"));
}

TEST(Choices, ReadRateLimits) {
  EXPECT_EQ(parse_rate_limit("real")->kind, RateLimit::Kind::published);
  EXPECT_EQ(parse_rate_limit("off")->kind, RateLimit::Kind::off);
  EXPECT_EQ(parse_rate_limit("50")->kind, RateLimit::Kind::per_second);
  EXPECT_EQ(parse_rate_limit("50")->per_second, 50U);
  for (const auto* text :
       {"", "0", "-1", "1.5", "50/s", "fast", "1000001", "99999999999999999999"}) {
    EXPECT_FALSE(parse_rate_limit(text)) << text;
  }
}

TEST(Choices, ReadWhatToDoWithPeopleWhoAreThere) {
  EXPECT_EQ(parse_existing("link"), Existing::link);
  EXPECT_EQ(parse_existing("fail"), Existing::fail);
  EXPECT_EQ(parse_existing("update"), Existing::update);
  EXPECT_FALSE(parse_existing("Link"));
  EXPECT_FALSE(parse_existing(""));
}

TEST(Choices, RefuseKeysThatCannotStandInAHeaderWithoutPrintingThem) {
  EXPECT_TRUE(check_api_key(Secret(std::string("sk_test_123"))));
  for (const auto* key : {"sk test", "sk_test\r\nX: y", "sk_t\xC3\xA9st"}) {
    const auto checked = check_api_key(Secret(std::string(key)));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().line().find("sk_t\r"), std::string::npos);
  }
}

}  // namespace
}  // namespace usher
