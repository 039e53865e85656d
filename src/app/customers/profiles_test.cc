// SPDX-License-Identifier: Apache-2.0
// Profiles: what is taken, what is refused, and that no message says a secret.
#include "app/customers/profiles.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch.h"

namespace usher::customers {
namespace {

constexpr const char* kFile = R"({"profiles": {
  "shop-test": {"mode": "engage", "environment": "dev", "api_url": " https://a.test/x ",
                "auth_url": "https://a.test/token", "client_id": "till", "user": "op",
                "password": "hush-hush"},
  "shop": {"mode": "C4R", "environment": "production", "client_secret": "hush-too",
           "gk_passport": "hush-three", "token": "hush-four"}}})";

Error error_of(const Result<Profile>& profile) {
  return profile ? Error{} : profile.error();
}

TEST(Profiles, GiveEverythingATargetNeeds) {
  const auto profile = parse_profile(kFile, "p.json", "shop-test");
  ASSERT_TRUE(profile) << error_of(profile).line();
  EXPECT_EQ(profile->platform, Platform::engage);
  EXPECT_EQ(profile->environment, Environment::development);
  EXPECT_EQ(profile->api_url, "https://a.test/x");
  EXPECT_EQ(profile->auth_url, "https://a.test/token");
  EXPECT_EQ(profile->credentials.client_id, "till");
  EXPECT_EQ(profile->credentials.user, "op");
  EXPECT_EQ(profile->credentials.password.reveal(), "hush-hush");
  const auto other = parse_profile(kFile, "p.json", "shop");
  ASSERT_TRUE(other) << error_of(other).line();
  EXPECT_EQ(other->platform, Platform::c4r);
  EXPECT_EQ(other->environment, Environment::production);
  EXPECT_EQ(other->credentials.client_secret.reveal(), "hush-too");
  EXPECT_EQ(other->credentials.passport.reveal(), "hush-three");
  EXPECT_EQ(other->credentials.token.reveal(), "hush-four");
}

TEST(Profiles, NameWhatIsWrongAndNeverAValue) {
  struct Case {
    const char* text;
    const char* says;
  };
  const Case cases[] = {
      {"{", "p.json is no JSON"},
      {"[]", "p.json has no object \"profiles\""},
      {R"({"profiles": []})", "p.json has no object \"profiles\""},
      {R"({"profiles": {"other": {}}})", "p.json has no profile shop"},
      {R"({"profiles": {"shop": 3}})", "profile shop is no object"},
      {R"({"profiles": {"shop": {"passwort": "hush"}}})", "there is no field passwort"},
      {R"({"profiles": {"shop": {"password": 7}}})", "password is no text"},
      {R"({"profiles": {"shop": {"mode": "hush"}}})", "mode is hush, not c4r or engage"},
      {R"({"profiles": {"shop": {"environment": "test"}}})",
       "environment is test, not development or production"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.text);
    const auto profile = parse_profile(each.text, "p.json", "shop");
    ASSERT_FALSE(profile);
    EXPECT_NE(profile.error().what.find(each.says), std::string::npos) << profile.error().what;
  }
  const auto unknown = parse_profile(kFile, "p.json", "shpo");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().next, "there are: shop-test, shop");
  EXPECT_EQ(unknown.error().line().find("hush"), std::string::npos);
}

TEST(Profiles, EveryTruncationIsAnErrorAndNoCrash) {
  const std::string_view whole = kFile;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_profile(whole.substr(0, length), "p.json", "shop-test")) << length;
  }
}

TEST(Profiles, AFileThatOthersCanReadIsRefused) {
  const ScratchFolder folder;
  const std::string path = folder.write("profiles.json", kFile);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto open = read_profile(path, "shop");
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().next.find("chmod 600"), std::string::npos);
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(read_profile(path, "shop"));
  const auto missing = read_profile(folder.at("none.json"), "shop");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().what.find("no file of profiles"), std::string::npos);
}

}  // namespace
}  // namespace usher::customers
