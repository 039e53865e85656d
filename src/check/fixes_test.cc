// SPDX-License-Identifier: Apache-2.0
#include "check/fixes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"

namespace usher::check {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kBcrypt = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

TEST(Fixes, FindTheAddressInside) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"<a@example.com>", "a@example.com"},
      {"Ann Lee <a@example.com>", "a@example.com"},
      {"\"Lee, Ann\" < a@example.com >", "a@example.com"},
      {"mailto:a@example.com", "a@example.com"},
      {"MAILTO:a@example.com", "a@example.com"},
      {"<mailto:a@example.com>", "a@example.com"},
      {"a@example.com;", "a@example.com"},
      {"\xC2\xA0"
       "a@example.com\xE2\x80\x8B",
       "a@example.com"},
      {"a@example.com b@example.com", ""},
      {"a@example.com <b@example.com>", ""},
      {"<a@example.com> <b@example.com>", ""},
      {"a@example.com;b@example.com", ""},
      {"Ann", ""},
      {"<>", ""},
      {"", ""},
  };
  for (const auto& [text, address] : cases) EXPECT_EQ(address_inside(text), address) << text;
}

TEST(Fixes, PutJsonIntoDoubleQuotesOnlyWhenThatIsCertain) {
  EXPECT_EQ(with_json_quotes("{'a':'b', 'c': 1}"), R"({"a":"b", "c": 1})");
  EXPECT_EQ(with_json_quotes("{\xE2\x80\x9C"
                             "a\xE2\x80\x9D:\xE2\x80\x9C"
                             "it's\xE2\x80\x9D}"),
            R"({"a":"it's"})");
  for (const char* uncertain :
       {"{'a':'it's'}", "{'a':\"b\"}", "{'a':'\\n'}", "{a:'b'}", "'a'", "{'a':True}", "{'a':'b'"}) {
    EXPECT_EQ(with_json_quotes(uncertain), "") << uncertain;
  }
}

struct Case {
  std::string header;
  std::string before;
  std::string after;
  std::uint64_t fixed = 1;
};

TEST(Fixes, ChangeWhatNeedsNoGuessAndNoOtherByte) {
  const std::string hash(kBcrypt);
  const std::vector<Case> cases = {
      {"email,first_name", " a@example.com ,\tAnn", "a@example.com,Ann", 2},
      {"email,x", "a@example.com, kept ", "a@example.com, kept ", 0},
      {"email,password", "a@example.com, secret ", "a@example.com, secret ", 0},
      {"email,first_name", "\"a@example.com\",\"Ann\"", "\"a@example.com\",\"Ann\"", 0},
      {"email,first_name", "\"a@example.com\",\" Ann\"", "\"a@example.com\",Ann"},
      {"email,first_name", "a@example.com,\" Lee, Ann\"", "a@example.com,\"Lee, Ann\""},
      {"email,email_verified", "a@example.com,Yes", "a@example.com,true"},
      {"email,email_verified", "a@example.com,0", "a@example.com,false"},
      {"email,email_verified", "a@example.com,true", "a@example.com,true", 0},
      {"email,email_verified", "a@example.com,", "a@example.com,", 0},
      {"email,email_verified", "a@example.com,perhaps", "a@example.com,perhaps", 0},
      {"email,email_verified", "a@example.com, N ", "a@example.com,false", 2},
      {"email,metadata", "a@example.com,{'a':'b'}", R"(a@example.com,"{""a"":""b""}")"},
      {"email,metadata", R"(a@example.com,"{ ""a"" : [1, 2],""b"":""c"" }")",
       R"(a@example.com,"{ ""a"" : ""[1,2]"",""b"":""c"" }")"},
      {"email,metadata", "a@example.com,{oops", "a@example.com,{oops", 0},
      {"email,password_hash,password_hash_type", "a@example.com," + hash + ",BCrypt",
       "a@example.com," + hash + ",bcrypt"},
      {"email,password_hash,password_hash_type", "a@example.com," + hash + ",auth0",
       "a@example.com," + hash + ",bcrypt"},
      {"email,password_hash,password_hash_type", "a@example.com,nonsense,BCRYPT",
       "a@example.com,nonsense,BCRYPT", 0},
      {"email,org_id,role_slugs", "a@example.com,org_1,Admin", "a@example.com,org_1,Admin", 0},
      {"email,org_id,org_external_id", "a@example.com,,org_01K3MA0V6R2S8W5Y3Z7B9D1F4H",
       "a@example.com,org_01K3MA0V6R2S8W5Y3Z7B9D1F4H,"},
      {"email,org_id,org_external_id", "a@example.com,org_1,org_01K3MA0V6R2S8W5Y3Z7B9D1F4H",
       "a@example.com,org_1,org_01K3MA0V6R2S8W5Y3Z7B9D1F4H", 0},
      {"email,org_id,org_external_id", "a@example.com,,org_qavBURnvu2Qi22kZ",
       "a@example.com,,org_qavBURnvu2Qi22kZ", 0},
  };
  for (const Case& wanted : cases) {
    SCOPED_TRACE(wanted.before);
    const Checked checked = check_text(wanted.header + "\r\n" + wanted.before, auto_fix());
    EXPECT_EQ(checked.fixed, wanted.header + "\r\n" + wanted.after);
    EXPECT_EQ(checked.outcome.summary.fixed_issues, wanted.fixed);
  }
}

TEST(Fixes, WorkosIdsGoToAColumnOfTheirOwn) {
  const std::string before =
      "email,first_name,external_id,org_external_id,org_name\n"
      "user@example.com,Test,auth0|123,org_qavBURnvu2Qi22kZ,Test Org 19\n"
      "other@example.com,Test,auth0|124,north,North\n"
      "broken@example.com,Test,auth0|125,north,North,x\n";
  const Checked checked = check_text(before, auto_fix(true));
  EXPECT_EQ(checked.fixed,
            "email,first_name,external_id,org_external_id,org_name,org_id\n"
            "user@example.com,Test,auth0|123,,Test Org 19,org_qavBURnvu2Qi22kZ\n"
            "other@example.com,Test,auth0|124,north,North,\n"
            "broken@example.com,Test,auth0|125,north,North,x,\n");
  EXPECT_EQ(checked.outcome.errors, 1U);  // the broken one, before and after
  EXPECT_EQ(check_text(before, auto_fix()).fixed, before);
}

TEST(Fixes, TellWhatWasAndWhatIs) {
  const Checked checked = check_text("email,email_verified\n a@example.com,yes\n", auto_fix());
  EXPECT_THAT(boost::json::serialize(checked.report),
              HasSubstr(R"("message":"Email has whitespace: \" a@example.com\"","ruleId":)"
                        R"("email-whitespace","autoFixed":true,"originalValue":" a@example.com",)"
                        R"("fixedValue":"a@example.com")"));
  EXPECT_THAT(boost::json::serialize(checked.report),
              HasSubstr(R"("autoFixed":true,"originalValue":"yes","fixedValue":"true")"));
  EXPECT_EQ(checked.outcome.summary.valid_rows, 1U);
}

TEST(Fixes, OneFixDoesNotHideAnotherFault) {
  const Checked checked = check_text("email,email_verified\n a@example.com,perhaps\n", auto_fix());
  EXPECT_EQ(checked.outcome.summary.warning_rows, 1U);
  EXPECT_EQ(checked.outcome.warnings, 1U);
}

}  // namespace
}  // namespace usher::check
