// SPDX-License-Identifier: Apache-2.0
#include "engine/import.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/imports_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using net::Method;
using std::chrono::seconds;

// --- lanes -------------------------------------------------------------------------------------

TEST_F(Imports, RowsOfOnePersonMakeOneUserAndTheirMembershipsInTheOrderOfTheFile) {
  UserRow shouting = person("p0", "three");
  shouting.email = "P0@Example.com";
  run({person("p0", "one"), person("p1", "one"), person("p0", "two"), shouting});
  EXPECT_EQ(hows(), "cccc");
  EXPECT_EQ(machine().count(Method::post, kUsers), 2U);
  std::vector<std::string> organizations;
  for (const net::Request& request : machine().asked) {
    const bool membership = request.method == Method::post && request.path == kMemberships;
    if (membership && field_of(request, "user_id") == "user_1") {
      organizations.push_back(field_of(request, "organization_id"));
    }
  }
  EXPECT_EQ(organizations, (std::vector<std::string>{"org_one", "org_two", "org_three"}));
  EXPECT_EQ(tally().users.created, 2U);
  EXPECT_EQ(tally().memberships.created, 4U);
  EXPECT_EQ(tally().organizations.created, 3U);
}

TEST_F(Imports, TheSameRowAgainIsUnchangedAndAsksNothing) {
  run({person("p0", "one", {"editor"}), person("p0", "one", {"editor"}), person("p0", "one")});
  EXPECT_EQ(hows(), "cuu");
  EXPECT_EQ(machine().count(Method::post, kMemberships), 1U);
  EXPECT_EQ(machine().count(Method::get, kMemberships), 0U);
}

TEST_F(Imports, RolesOfSeveralRowsComeTogether) {
  run({person("p0", "one", {"editor"}), person("p0", "one", {"viewer"}),
       person("p0", "one", {"editor", "viewer"})});
  EXPECT_EQ(hows(), "ccu");
  EXPECT_EQ((api_.memberships[{"user_1", "org_one"}].roles),
            (std::set<std::string>{"editor", "viewer"}));
  EXPECT_EQ(tally().memberships.created, 1U);
  EXPECT_EQ(tally().memberships.updated, 0U) << "part of already_there";
  EXPECT_EQ(tally().roles_assigned, 3U);
}

TEST_F(Imports, AnotherExternalIdForTheSameEmailFails) {
  UserRow other = person("p0", "two");
  other.external_id = "crm-other";
  UserRow none = person("p0", "two");
  none.external_id.clear();
  run({person("p0", "one"), other, none});
  EXPECT_EQ(hows(), "cfc");
  EXPECT_TRUE(failure(2).message.starts_with("Email already exists"));
  EXPECT_EQ(failure(2).at, FailedAt::user_create);
  EXPECT_EQ(failure(2).user_id, "user_1");
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(tally().users.failed, 0U);
  EXPECT_TRUE(machine().warnings.empty());
}

TEST_F(Imports, AnotherProfileForTheSamePersonIsIgnoredWithAWarning) {
  UserRow other = person("p0", "two");
  other.first_name = "Other";
  run({person("p0", "one"), other});
  EXPECT_EQ(hows(), "cc");
  ASSERT_EQ(machine().warnings.size(), 1U);
  EXPECT_EQ(machine().warnings[0],
            "Row 2: Duplicate user p0@example.com - using existing user, ignoring new user data");
}

TEST_F(Imports, ARefusedPersonIsRefusedOnceUnlessARowSaysSomethingElse) {
  instead_ = [](const net::Request& request) -> std::optional<net::Response> {
    const bool bad = request.method == Method::post && request.body.contains("Bad");
    if (!bad) return std::nullopt;
    return reply(422, R"({"code":"invalid_request_parameters","message":"Bad name."})");
  };
  UserRow bad = person("p0", "one");
  bad.first_name = "Bad";
  run({bad, bad, person("p0", "one")});
  EXPECT_EQ(hows(), "ffc");
  EXPECT_EQ(failure(2).message, "Bad name.");
  EXPECT_EQ(failure(2).http_status, 422);
  EXPECT_EQ(machine().count(Method::post, kUsers), 2U);
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(tally().users.failed, 0U) << "in the end it is there";
}

TEST_F(Imports, APersonAloneNeedsNoOrganization) {
  run({person("p0"), person("p0"), person("p1")});
  EXPECT_EQ(hows(), "cuc");
  EXPECT_EQ(machine().count(Method::get, "/organizations"), 0U);
  EXPECT_EQ(tally().memberships.created, 0U);
}

TEST_F(Imports, WhatIsThereIsLookedAtAndNothingIsWritten) {
  const std::vector<UserRow> rows = people(100, "one");
  for (const UserRow& row : rows) {
    const std::string user = api_.add_user(row.email, row.external_id);
    api_.memberships[{user, api_.add_organization("one")}] = {};
  }
  run(rows);
  EXPECT_EQ(hows(), std::string(100, 'u'));
  EXPECT_EQ(tally().traffic.writes, 0U);
  EXPECT_EQ(tally().traffic.requests, 201U);
  EXPECT_EQ(tally().users.already_there, 100U);
  EXPECT_EQ(tally().memberships.already_there, 100U);
  EXPECT_EQ(tally().organizations.already_there, 1U);
}

TEST_F(Imports, InAnEmptyDirectoryHardlyAnybodyIsLookedFor) {
  const std::vector<UserRow> rows = people(500, "one");
  run(rows);
  EXPECT_EQ(tally().traffic.writes, 1'001U);
  EXPECT_LE(machine().count(Method::get, kUsers), static_cast<std::size_t>(options_.concurrency));
  EXPECT_EQ(machine().count(Method::get, kMemberships), 0U);
}

TEST_F(Imports, AMembershipThatIsThereCountsAsUpdatedOnceHoweverOftenARoleIsAdded) {
  const std::string user = api_.add_user("p0@example.com");
  api_.memberships[{user, api_.add_organization("one")}].roles = {"admin"};
  run({person("p0", "one", {"editor"}), person("p0", "one", {"viewer"}), person("p0", "one")});
  EXPECT_EQ(hows(), "ccu");
  EXPECT_EQ(tally().memberships.already_there, 1U);
  EXPECT_EQ(tally().memberships.updated, 1U);
}

TEST_F(Imports, ARoleThatCannotBeAddedFailsTheRowAndNotTheMembership) {
  run({person("p0", "one", {"editor"}), person("p0", "one", {"ghost"}),
       person("p0", "one", {"ghost"}), person("p0", "one", {"editor"})});
  EXPECT_EQ(hows(), "cffu");
  EXPECT_EQ(tally().memberships.created, 1U);
  EXPECT_EQ(tally().memberships.failed, 0U);
  EXPECT_EQ(failure(2).code, "invalid_role");
}

TEST_F(Imports, WithExistingUpdateAProfileThatIsWrittenIsAChange) {
  options_.existing = Existing::update;
  api_.add_user("p0@example.com", "crm-p0");
  api_.add_user("p1@example.com", "crm-p1");
  UserRow renamed = person("p0");
  renamed.first_name = "Ada";
  run({renamed, person("p1")});
  EXPECT_EQ(hows(), "cu");
  EXPECT_EQ(tally().users.already_there, 2U);
  EXPECT_EQ(tally().users.updated, 1U);
}

// --- gates -------------------------------------------------------------------------------------

TEST_F(Imports, OneOrganizationIsMadeForAHundredRows) {
  const std::vector<UserRow> rows = people(100, "one");
  run(rows);
  EXPECT_EQ(hows(), std::string(100, 'c'));
  EXPECT_EQ(machine().count(Method::get, "/organizations"), 1U);
  EXPECT_EQ(machine().count(Method::post, "/organizations"), 1U);
  EXPECT_EQ(tally().organizations.created, 1U);
}

TEST_F(Imports, AFailedOrganizationFailsItsRowsOnceEach) {
  std::vector<UserRow> rows = people(100, "one");
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    rows[i].org.value = "gone";
    rows[i].org.may_create = false;
  }
  run(rows);
  EXPECT_EQ(tally().rows.failed, 50U);
  EXPECT_EQ(tally().rows.created, 50U);
  EXPECT_EQ(machine().count(Method::get, "/organizations/external_id/gone"), 1U);
  EXPECT_EQ(tally().organizations.failed, 1U);
  EXPECT_EQ(tally().rows.without_organization, 50U);
  EXPECT_EQ(tally().users.created, 50U) << "nobody is made for an organization that is missing";
  for (std::uint64_t record = 1; record <= 100; record += 2) {
    EXPECT_EQ(failure(record).at, FailedAt::org_resolution);
    EXPECT_EQ(failure(record).message, "Organization not found: gone");
    EXPECT_EQ(failure(record).http_status, 404);
  }
}

TEST_F(Imports, APersonIsTriedWhenAnyOfTheirOrganizationsIsThere) {
  UserRow gone = person("p0", "gone");
  gone.org.may_create = false;
  run({gone, person("p0", "one"), gone, person("p1", "one")});
  EXPECT_EQ(hows(), "fcfc");
  EXPECT_EQ(tally().rows.without_organization, 1U) << "of the two rows, the one before the person";
  EXPECT_EQ(tally().users.created, 2U);
}

TEST_F(Imports, AnOrganizationThatCannotBeReachedFailsItsRowsWithWhatWasHeard) {
  options_.retry.attempts = 2;
  api_.add_user("p9@example.com");
  instead_ = [](const net::Request& request) -> std::optional<net::Response> {
    if (!request.path.starts_with("/organizations")) return std::nullopt;
    return reply(500, R"({"message":"Internal."})");
  };
  run({person("p9"), person("p0", "one"), person("p1", "one")});
  EXPECT_EQ(hows(), "uff");
  EXPECT_EQ(failure(2).at, FailedAt::org_resolution);
  EXPECT_EQ(failure(2).message, "no useful answer after 2 attempts to look it up (Internal.)");
  EXPECT_EQ(failure(3).message, failure(2).message);
  EXPECT_TRUE(failure(2).passing && failure(3).passing);
}

// --- doubts ------------------------------------------------------------------------------------

TEST_F(Imports, WhatWasGivenUpInDoubtIsLookedForByTheNextRowAndCountedOnce) {
  options_.retry.attempts = 2;
  int times = 0;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (!request.path.starts_with(kUsers) || ++times > 4) return std::nullopt;
    return times == 1 ? reply(200, R"({"data":[]})") : reply(500);  // the create, its look-ups
  };
  run({person("p0", "one"), person("p0", "one")});
  EXPECT_EQ(hows(), "fc");
  EXPECT_EQ(machine().count(Method::post, kUsers), 2U);
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(tally().users.failed, 0U);
  std::vector<Method> methods;
  for (const net::Request& request : machine().asked) {
    if (request.path.starts_with(kUsers)) methods.push_back(request.method);
  }
  // look, create, look twice (given up); the next row: look three times, create
  EXPECT_EQ(methods, (std::vector<Method>{Method::get, Method::post, Method::get, Method::get,
                                          Method::get, Method::get, Method::get, Method::post}));
}

TEST_F(Imports, ALaterLifesEchoIsOurs) {
  const UserRow row = person("p0");
  Machine& here = machine();
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (request.method != Method::get) return std::nullopt;
    return reply(200,
                 fmt::format(R"({{"data":[{{"id":"user_7","email":"{}","created_at":"{}"}}]}})",
                             row.email, to_iso8601(here.now.wall - seconds{100})));
  };
  // An earlier life began it 102 seconds ago; it was carried out, and nobody heard of it.
  StepRecord begun;
  begun.kind = StepKind::user;
  begun.state = StepState::begun;
  begun.begun_at = here.now.wall - seconds{102};
  here.disk[make_keys(Hasher("key of a test"), row).user] = begun;
  run({row});
  EXPECT_EQ(hows(), "c");
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(machine().count(Method::post, kUsers), 0U);
}

// --- counting ----------------------------------------------------------------------------------

TEST_F(Imports, RowsThatNeverReachTheMachineAreCountedToo) {
  machine().import.count_bad_row();
  machine().import.count_untried(7);
  const Tally::Rows& rows = tally().rows;
  EXPECT_EQ(rows.read, 8U);
  EXPECT_EQ(rows.failed, 1U);
  EXPECT_EQ(rows.unusable, 1U);
  EXPECT_EQ(rows.not_tried, 7U);
  EXPECT_TRUE(machine().import.idle());
}

TEST_F(Imports, HoldsABoundedNumberOfRows) {
  options_.concurrency = 10;
  const std::vector<UserRow> rows(5'000, person("p0"));
  machine().take(rows);
  EXPECT_EQ(tally().rows.read, 10U) << "until something is learned, no more than can be sent";
  machine().happen();
  machine().take(rows);
  EXPECT_GT(tally().rows.read, 100U);
  EXPECT_LT(tally().rows.read, 1'000U);
}

}  // namespace
}  // namespace usher
