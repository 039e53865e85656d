// SPDX-License-Identifier: Apache-2.0
#include "check/merge.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/metadata.h"

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
      {{"email", "metadata"}, {{"a", "null"}, {"a", "{\"k\":1}"}}, {"a", "{\"k\":1}"}},
      {{"email", "metadata"}, {{"a", "{}"}, {"a", "{\"k\":[1, 2]}"}}, {"a", "{\"k\":[1, 2]}"}},
      {{"email", "metadata"},
       {{"a", "{\"k\":1}"}, {"a", "{\"k\":2,\"l\":3}"}},
       {"a", "{\"k\":1,\"l\":3}"},
       {"metadata.k: 1 of 1|2 (first-occurrence)"}},
      {secrets, {{"a", "", "", ""}, {"a", "", "h", "bcrypt"}}, {"a", "", "h", "bcrypt"}},
      {secrets, {{"a", "", "", "bcrypt"}, {"a", "", "h", "scrypt"}}, {"a", "", "h", "scrypt"}},
      {secrets,
       {{"a", "pw", "", ""}, {"a", "", "h", "bcrypt"}},
       {"a", "pw", "", ""},
       {"password: " + dots + " of  (first-non-empty)"}},
      {secrets,
       {{"a", "", "h", "bcrypt"}, {"a", "", "i", "scrypt"}},
       {"a", "", "h", "bcrypt"},
       {"password: " + dots + " of  (first-non-empty)"}},
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
    for (std::size_t i = 1; i < wanted.rows.size(); ++i) {
      EXPECT_TRUE(merge.add(i + 1, wanted.rows[i], header));
    }
    EXPECT_EQ(merge.cells(), wanted.merged);
    EXPECT_EQ(told(merge), wanted.conflicts);
    EXPECT_EQ(merge.count(), wanted.rows.size());
    EXPECT_EQ(merge.base(), wanted.rows.front());
  }
}

TEST(Merge, WhatWouldBeMoreThanTheApiTakesStaysARowOfItsOwn) {
  const Header header = look_at_header(std::vector<std::string>{"email", "metadata"}, false);
  Merge merge(1, {"a", R"({"k0":"v"})"});
  for (std::uint64_t i = 1; i < 100; ++i) {
    EXPECT_EQ(merge.add(i + 1, {"a", fmt::format(R"({{"k{}":"v"}})", i)}, header), i < 50);
  }
  EXPECT_TRUE(merge.add(101, {"a", R"({"k7":"v"})"}, header));
  EXPECT_EQ(merge.count(), 51U);
  Metadata pairs;
  EXPECT_FALSE(parse_metadata(merge.cells()[1], pairs));
  EXPECT_EQ(pairs.size(), 50U);

  const Header roles = look_at_header(std::vector<std::string>{"email", "role_slugs", "x"}, false);
  Merge many(1, {"a", "r0", ""});
  for (std::uint64_t i = 1; i < 300; ++i) {
    EXPECT_EQ(many.add(i + 1, {"a", fmt::format("r{}", i), ""}, roles), i < 256);
  }
  const std::string half(600 << 10, 'x');
  EXPECT_TRUE(many.add(400, {"a", "r1", half}, roles));
  EXPECT_FALSE(many.add(401, {"a", "r1", half}, roles));
  EXPECT_FALSE(many.add(402, {"a", "[bad", ""}, roles));
}

TEST(Merge, ANullInMetadataIsNoValue) {
  const Header header = look_at_header(std::vector<std::string>{"email", "metadata"}, false);
  Merge merge(1, {"a", R"({"k":null,"l":1})"});
  EXPECT_TRUE(merge.add(2, {"a", R"({"k":"v","l":null})"}, header));
  EXPECT_EQ(merge.cells()[1], R"({"l":1,"k":"v"})");
  EXPECT_THAT(merge.metadata_merged(), ElementsAre("k"));
  EXPECT_THAT(merge.conflicts(), IsEmpty());
}

}  // namespace
}  // namespace usher::check
