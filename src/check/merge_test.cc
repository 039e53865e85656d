// SPDX-License-Identifier: Apache-2.0
#include "check/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Cells = Merge::Cells;

struct Case {
  std::vector<std::string> header;
  std::vector<Cells> rows;
  Cells merged;
  std::vector<std::string> conflicts = {};  // "field: chosen of a|b (strategy)"
};

std::vector<std::string> told(const Merge& merge) {
  std::vector<std::string> lines;
  for (const Conflict& conflict : merge.conflicts()) {
    std::string values;
    for (const std::string& value : conflict.values) values += (values.empty() ? "" : "|") + value;
    lines.push_back(conflict.field + ": " + conflict.chosen + " of " + values + " (" +
                    std::string(conflict.strategy) + ")");
  }
  return lines;
}

TEST(Merge, TheFirstRowStandsAndLaterOnesFillWhatItLacks) {
  const std::vector<std::string> secrets = {"email", "password", "password_hash",
                                            "password_hash_type"};
  const std::string dots = "••••••";
  const std::vector<Case> cases = {
      {{"email", "first_name", "x"}, {{"a", "", "1"}, {"A", "Ann", ""}}, {"a", "Ann", "1"}},
      {{"email", "first_name"}, {{"a", "Ann"}, {"a", " Ann "}}, {"a", "Ann"}},
      {{"email", "first_name"},
       {{"a", "Ann"}, {"a", "Anna"}, {"a", "Anne"}, {"a", "Anna"}},
       {"a", "Ann"},
       {"first_name: Ann of Ann|Anna|Anne (first-non-empty)"}},
      {{"email", "email_verified"},
       {{"a", "no"}, {"a", "true"}},
       {"a", "true"},
       {"email_verified: true of no|true (true-if-any)"}},
      {{"email", "email_verified"},
       {{"a", "1"}, {"a", "false"}},
       {"a", "1"},
       {"email_verified: true of 1|false (true-if-any)"}},
      {{"email", "email_verified"}, {{"a", "yes"}, {"a", "true"}}, {"a", "yes"}},
      {{"email", "email_verified"}, {{"a", ""}, {"a", "no"}}, {"a", "no"}},
      {{"email", "role_slugs"},
       {{"a", "admin"}, {"a", "member,admin"}},
       {"a", "admin,member"},
       {"role_slugs: admin,member of admin|member,admin (united)"}},
      {{"email", "role_slugs"}, {{"a", ""}, {"a", "[\"x\"]"}}, {"a", "[\"x\"]"}},
      {{"email", "role_slugs"}, {{"a", "x,y"}, {"a", "[\"y\"]"}}, {"a", "x,y"}},
      {{"email", "metadata"}, {{"a", "{}"}, {"a", "{\"k\":[1, 2]}"}}, {"a", "{\"k\":[1, 2]}"}},
      {{"email", "metadata"},
       {{"a", "{\"k\":1}"}, {"a", "{\"k\":2,\"l\":3}"}},
       {"a", "{\"k\":1,\"l\":3}"},
       {"metadata.k: 1 of 1|2 (first-occurrence)"}},
      {{"email", "metadata"},
       {{"a", "{oops"}, {"a", "{\"k\":2}"}},
       {"a", "{oops"},
       {"metadata: {oops of {oops|{\"k\":2} (first-non-empty)"}},
      {secrets, {{"a", "", "", ""}, {"a", "", "h", "bcrypt"}}, {"a", "", "h", "bcrypt"}},
      {secrets,
       {{"a", "", "", ""}, {"a", "", "h", ""}, {"a", "", "i", "scrypt"}},
       {"a", "", "i", "scrypt"}},
      {secrets, {{"a", "", "", "bcrypt"}, {"a", "", "h", "scrypt"}}, {"a", "", "h", "scrypt"}},
      {secrets,
       {{"a", "pw", "", ""}, {"a", "", "h", "bcrypt"}},
       {"a", "pw", "", ""},
       {"password: " + dots + " of  (first-non-empty)"}},
      {secrets,
       {{"a", "", "h", "bcrypt"}, {"a", "", "i", "scrypt"}},
       {"a", "", "h", "bcrypt"},
       {"password: " + dots + " of  (first-non-empty)"}},
      {secrets, {{"a", "", "h", ""}, {"a", "", "h", "bcrypt"}}, {"a", "", "h", "bcrypt"}},
      {secrets, {{"a", "pw", "", ""}, {"a", "pw", "", ""}}, {"a", "pw", "", ""}},
  };
  for (const Case& wanted : cases) {
    std::string trace;
    for (const Cells& row : wanted.rows) {
      for (const std::string& cell : row) trace += cell + " | ";
    }
    SCOPED_TRACE(trace);
    const Header header = look_at_header(wanted.header, false);
    Merge merge(1, wanted.rows.front());
    for (std::size_t i = 1; i < wanted.rows.size(); ++i) merge.add(i + 1, wanted.rows[i], header);
    EXPECT_EQ(merge.cells(), wanted.merged);
    EXPECT_EQ(told(merge), wanted.conflicts);
    EXPECT_EQ(merge.count(), wanted.rows.size());
    EXPECT_EQ(merge.base(), wanted.rows.front());
  }
}

TEST(Merge, MetadataIsUnitedByName) {
  const UnitedMetadata united =
      unite_metadata(R"( {"a":1, "b":"x" } )", R"({"b":"y","c":{"d":[]},"c":2,"e":null})");
  EXPECT_EQ(united.text, R"( {"a":1, "b":"x" ,"c":2,"e":null})");
  EXPECT_THAT(united.added, ElementsAre("c", "e"));
  ASSERT_EQ(united.differing.size(), 1U);
  EXPECT_EQ(united.differing[0].name, "b");
  EXPECT_EQ(unite_metadata("{}", R"({"a":1,"b":2})").text, R"({"a":1,"b":2})");
  EXPECT_EQ(unite_metadata("null", "{}").text, "");
  EXPECT_EQ(unite_metadata("{}", "[1]").text, "");
  EXPECT_THAT(unite_metadata("{}", "{}").added, IsEmpty());
}

}  // namespace
}  // namespace usher::check
