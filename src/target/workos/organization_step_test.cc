// SPDX-License-Identifier: Apache-2.0
#include "target/workos/organization_step.h"

#include <gtest/gtest.h>

#include "target/workos/step_talk_test.h"
#include "target/workos/user_step.h"

namespace usher::workos {
namespace {

using Kind = Move::Kind;
using By = OrgRef::By;

const WallTime kNow{std::chrono::milliseconds{1'772'442'907'042}};  // 2026-03-02T09:15:07.042Z
const std::string kYoung = "2026-03-02T09:15:06.000Z";
const std::string kOld = "2026-03-01T00:00:00.000Z";
const std::string kMissing =
    R"({"message":"Organization not found: 'x'.","code":"entity_not_found","entity_id":"x"})";
const std::string kTaken = R"({"code":"external_id_already_used","message":"Assigned already."})";

std::string organization(const std::string& id, const std::string& name = "Bluefern",
                         const std::string& created = kOld) {
  return R"({"object":"organization","id":")" + id + R"(","name":")" + name +
         R"(","external_id":"acct-7","created_at":")" + created + "\"}";
}

OrgRef by_id() {
  return {By::id, "org_01K3MA0V6R2S8W5Y3Z7B9D1F4H", "", false};
}
OrgRef by_external_id(bool may_create = true, const std::string& name = "Bluefern") {
  return {By::external_id, "acct-7", name, may_create};
}
OrgRef by_name(bool may_create = true) {
  return {By::name, "Bluefern", "", may_create};
}

const std::string kLookExternal = "GET /organizations/external_id/acct-7";
const std::string kSearch = "GET /organizations?limit=100&search=Bluefern";
const std::string kCreateExternal =
    R"(POST /organizations {"name":"Bluefern","external_id":"acct-7"})";
const std::string kCreateNamed = R"(POST /organizations {"name":"Bluefern"})";

class OrganizationSteps : public testing::Test {
 protected:
  OrganizationStep& begin(const OrgRef& wish, Start start = {.now = kNow}) {
    step_.emplace(wish, "n");
    step_->start(start);
    return *step_;
  }
  std::optional<OrganizationStep> step_;
};

// --- by id -------------------------------------------------------------------------------------

TEST_F(OrganizationSteps, AnIdIsLookedUp) {
  OrganizationStep& step = begin(by_id());
  EXPECT_EQ(asked(step), "GET /organizations/org_01K3MA0V6R2S8W5Y3Z7B9D1F4H");
  EXPECT_FALSE(step.creates());
  const Move move = tell(step, 200, organization("org_1"));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "org_1");
}

TEST_F(OrganizationSteps, AMissingIdFailsEvenWithALeaveToCreate) {
  OrgRef wish = by_id();
  wish.may_create = true;
  wish.name = "Bluefern";
  const Move move = tell(begin(wish), 404, kMissing);
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.at, FailedAt::org_resolution);
  EXPECT_EQ(move.failure.message, "Organization not found: org_01K3MA0V6R2S8W5Y3Z7B9D1F4H");
  EXPECT_EQ(move.failure.http_status, 404);
  EXPECT_EQ(move.failure.code, "entity_not_found");
}

TEST_F(OrganizationSteps, OtherRefusalsAndOtherThingsFail) {
  for (const OrgRef& wish : {by_id(), by_external_id()}) {
    const Move refused = tell(begin(wish), 422, R"({"message":"Not like this."})");
    EXPECT_EQ(refused.kind, Kind::failed);
    EXPECT_EQ(refused.failure.message, "Not like this.");
    EXPECT_EQ(tell(begin(wish), 200, R"({"hello":"world"})").kind, Kind::failed);
  }
}

// --- by external id ----------------------------------------------------------------------------

TEST_F(OrganizationSteps, AnExternalIdIsLookedUp) {
  OrganizationStep& step = begin(by_external_id());
  EXPECT_EQ(asked(step), kLookExternal);
  const Move move = tell(step, 200, organization("org_1", "Bluefern", kYoung));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "org_1");
}

TEST_F(OrganizationSteps, AMissingExternalIdIsCreatedWithANameAndALeave) {
  OrganizationStep& step = begin(by_external_id());
  EXPECT_EQ(tell(step, 404, kMissing).kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreateExternal);
  EXPECT_TRUE(step.creates());
  EXPECT_TRUE(step.request().idempotency_key.starts_with("usher-n-"));
  const Move move = tell(step, 201, organization("org_1"));
  EXPECT_EQ(move.kind, Kind::created);
  EXPECT_EQ(move.id, "org_1");
}

TEST_F(OrganizationSteps, AMissingExternalIdFailsWithoutANameOrALeave) {
  for (const OrgRef& wish : {by_external_id(false), by_external_id(true, "")}) {
    const Move move = tell(begin(wish), 404, kMissing);
    EXPECT_EQ(move.kind, Kind::failed);
    EXPECT_EQ(move.failure.message, "Organization not found: acct-7");
  }
}

TEST_F(OrganizationSteps, AnExternalIdThatIsAWorkosIdIsAMistakeInTheColumn) {
  OrgRef wish = by_external_id();
  wish.value = by_id().value;
  OrganizationStep& step = begin(wish);
  EXPECT_EQ(tell(step, 404, kMissing).kind, Kind::ask);
  EXPECT_EQ(asked(step), "GET /organizations/org_01K3MA0V6R2S8W5Y3Z7B9D1F4H");
  const Move move = tell(step, 200, organization(wish.value));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("org_id column"), std::string::npos) << move.failure.message;
  EXPECT_EQ(move.failure.http_status, 404);
}

TEST_F(OrganizationSteps, AnExternalIdThatOnlyLooksLikeAWorkosIdIsCreated) {
  OrgRef wish = by_external_id();
  wish.value = by_id().value;
  OrganizationStep& step = begin(wish);
  tell(step, 404, kMissing);
  EXPECT_EQ(tell(step, 404, kMissing).kind, Kind::ask);
  EXPECT_TRUE(step.creates());

  for (const char* ordinary : {"org_1", "org_acct-7-of-many-more", "acct_01K3MA0V6R2S8W5Y3Z7B"}) {
    wish.value = ordinary;
    OrganizationStep& other = begin(wish);
    tell(other, 404, kMissing);
    EXPECT_TRUE(other.creates()) << ordinary;
  }
}

TEST_F(OrganizationSteps, ATakenExternalIdIsLookedUpThreeTimes) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  EXPECT_EQ(tell(step, 400, kTaken).kind, Kind::ask);
  EXPECT_EQ(asked(step), kLookExternal);
  EXPECT_EQ(tell(step, 404, kMissing).after, kLookUpLag);
  EXPECT_EQ(asked(step), kLookExternal);
  const Move found = tell(step, 200, organization("org_1", "Bluefern", kYoung));
  EXPECT_EQ(found.kind, Kind::already_there) << "somebody else has made it";

  OrganizationStep& nowhere = begin(by_external_id());
  tell(nowhere, 404, kMissing);
  tell(nowhere, 400, kTaken);
  EXPECT_EQ(tell(nowhere, 404, kMissing).after, kLookUpLag);
  EXPECT_EQ(tell(nowhere, 404, kMissing).after, kLookUpLag * 2);
  const Move move = tell(nowhere, 404, kMissing);
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.code, "external_id_already_used");
  EXPECT_EQ(move.failure.http_status, 400);
}

// --- by name -----------------------------------------------------------------------------------

TEST_F(OrganizationSteps, ANameIsSearchedForAndMustMatchExactly) {
  OrganizationStep& step = begin(by_name());
  EXPECT_EQ(asked(step), kSearch);
  const Move move = tell(step, 200,
                         page(organization("org_1", "Bluefern Logistics") + "," +
                              organization("org_2") + "," + organization("org_3", "bluefern")));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "org_2");
}

TEST_F(OrganizationSteps, AMissingNameIsCreatedWithALeave) {
  OrganizationStep& step = begin(by_name());
  EXPECT_EQ(tell(step, 200, page(organization("org_1", "Bluefern Logistics"))).kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreateNamed);
  EXPECT_TRUE(step.request().idempotency_key.starts_with("usher-n-"));
  EXPECT_EQ(tell(step, 201, organization("org_2")).kind, Kind::created);

  const Move move = tell(begin(by_name(false)), 200, page(""));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.message, "Organization not found: Bluefern");
}

TEST_F(OrganizationSteps, SeveralOrganizationsOfOneNameFail) {
  const Move move =
      tell(begin(by_name()), 200, page(organization("org_1") + "," + organization("org_2")));
  EXPECT_EQ(move.kind, Kind::failed);
  for (const char* word : {"org_1", "org_2", "org_id"}) {
    EXPECT_NE(move.failure.message.find(word), std::string::npos) << move.failure.message;
  }

  OrganizationStep& apart = begin(by_name());
  EXPECT_EQ(tell(apart, 200, page(organization("org_1"), "org_1")).kind, Kind::ask);
  EXPECT_EQ(tell(apart, 200, page(organization("org_2"))).kind, Kind::failed);
}

TEST_F(OrganizationSteps, ReadsAllPagesOfASearch) {
  OrganizationStep& step = begin(by_name());
  EXPECT_EQ(tell(step, 200, page(organization("org_1", "Bluefern 1"), "org_1")).kind, Kind::ask);
  EXPECT_EQ(asked(step), kSearch + "&after=org_1");
  const Move move = tell(step, 200, page(organization("org_2")));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "org_2");
}

// One that repeats over a page's edge is no second organization.
TEST_F(OrganizationSteps, TheSameOrganizationTwiceIsOne) {
  OrganizationStep& step = begin(by_name());
  tell(step, 200, page(organization("org_1"), "org_1"));
  EXPECT_EQ(tell(step, 200, page(organization("org_1"))).kind, Kind::already_there);
}

TEST_F(OrganizationSteps, ASearchWithoutEndFailsRatherThanMakeATwin) {
  OrganizationStep& step = begin(by_name());
  Move move = Move::ask();
  int pages = 0;
  for (; move.kind == Kind::ask && pages < 100; ++pages) {
    EXPECT_EQ(step.request().method, net::Method::get);
    move = tell(step, 200, page(organization("org_1", "Bluefern Logistics"), "org_1"));
  }
  EXPECT_EQ(pages, 20);
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("org_id"), std::string::npos) << move.failure.message;
}

TEST_F(OrganizationSteps, ASearchThatIsRefusedOrUnreadableFails) {
  EXPECT_EQ(tell(begin(by_name()), 422, R"({"message":"no"})").kind, Kind::failed);
  const Move move = tell(begin(by_name()), 200, R"({"rows":[]})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("data"), std::string::npos);
}

// --- create ------------------------------------------------------------------------------------

TEST_F(OrganizationSteps, ADoubtIsLookedUpAndAYoungRecordIsOurEcho) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  step.doubted();
  EXPECT_EQ(asked(step), kLookExternal);
  EXPECT_EQ(tell(step, 200, organization("org_1", "Bluefern", kYoung)).kind, Kind::created);

  OrganizationStep& named = begin(by_name());
  tell(named, 200, page(""));
  named.doubted();
  EXPECT_EQ(asked(named), kSearch);
  EXPECT_EQ(tell(named, 200, page(organization("org_1", "Bluefern", kYoung))).kind, Kind::created);
}

TEST_F(OrganizationSteps, ADoubtThatFindsAnOldRecordAdoptsIt) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  step.doubted();
  EXPECT_EQ(tell(step, 200, organization("org_1")).kind, Kind::already_there);
}

TEST_F(OrganizationSteps, ADoubtThatFindsNothingThreeTimesCreatesAgain) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  step.doubted();
  EXPECT_EQ(tell(step, 404, kMissing).after, kLookUpLag);
  EXPECT_EQ(tell(step, 404, kMissing).after, kLookUpLag * 2);
  EXPECT_EQ(tell(step, 404, kMissing).after, Duration{0});
  EXPECT_EQ(asked(step), kCreateExternal);

  OrganizationStep& named = begin(by_name());
  tell(named, 200, page(""));
  named.doubted();
  for (int i = 0; i < kLookUps; ++i) {
    EXPECT_EQ(asked(named), kSearch);
    tell(named, 200, page(""));
  }
  EXPECT_EQ(asked(named), kCreateNamed);
}

// Reads may lag longer than we look: the conflict that follows is with ourselves.
TEST_F(OrganizationSteps, AConflictWithOurOwnEchoIsACreation) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  step.doubted();
  for (int i = 0; i < kLookUps; ++i) tell(step, 404, kMissing);
  EXPECT_EQ(tell(step, 400, kTaken).kind, Kind::ask);
  EXPECT_EQ(tell(step, 200, organization("org_1", "Bluefern", kYoung)).kind, Kind::created);
}

TEST_F(OrganizationSteps, AnEarlierLifesDoubtIsLookedUpThreeTimes) {
  OrganizationStep& step = begin(by_external_id(), {.in_doubt = true, .now = kNow});
  for (int i = 0; i < kLookUps; ++i) {
    EXPECT_EQ(asked(step), kLookExternal);
    tell(step, 404, kMissing);
  }
  EXPECT_EQ(asked(step), kCreateExternal);
}

TEST_F(OrganizationSteps, AnAnswerThatIsNoOrganizationIsADoubtOnce) {
  OrganizationStep& step = begin(by_name());
  tell(step, 200, page(""));
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::ask);
  EXPECT_EQ(asked(step), kSearch);
  for (int i = 0; i < kLookUps; ++i) tell(step, 200, page(""));
  EXPECT_EQ(asked(step), kCreateNamed);
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::failed) << "twins without end";
}

TEST_F(OrganizationSteps, OtherRefusalsOfACreationFail) {
  OrganizationStep& step = begin(by_external_id());
  tell(step, 404, kMissing);
  const Move move =
      tell(step, 422,
           R"({"message":"Validation failed","errors":[{"field":"name","code":"required"}]})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.at, FailedAt::org_resolution);
  EXPECT_EQ(move.failure.errors.at(0).field, "name");
}

TEST_F(OrganizationSteps, EncodesWhatIsNamed) {
  OrgRef wish = by_external_id();
  wish.value = "a/b?c d";
  EXPECT_EQ(asked(begin(wish)), "GET /organizations/external_id/a%2Fb%3Fc%20d");
  wish = by_name();
  wish.value = "Blue & Fern";
  EXPECT_EQ(asked(begin(wish)), "GET /organizations?limit=100&search=Blue%20%26%20Fern");
}

// --- expected ----------------------------------------------------------------------------------

TEST_F(OrganizationSteps, OneThatThisRunHasMadeIsSearchedForAgainAndNeverMadeTwice) {
  OrganizationStep step(by_name(), "n", "org_7");
  step.start({.now = kNow});
  for (int look = 1; look < kLookUps; ++look) {
    const Move move = tell(step, 200, page(""));
    EXPECT_EQ(move.kind, Kind::ask);
    EXPECT_EQ(move.after, kLookUpLag * look);
    EXPECT_EQ(asked(step), kSearch);
    EXPECT_FALSE(step.creates());
  }
  const Move move = tell(step, 200, page(""));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "org_7");
}

TEST_F(OrganizationSteps, OneThatThisRunHasMadeIsToldFromAnotherOfItsName) {
  OrganizationStep step(by_name(), "n", "org_7");
  step.start({.now = kNow});
  tell(step, 200, page(""));
  const Move move = tell(step, 200, page(organization("org_7") + "," + organization("org_8")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("several organizations"), std::string::npos);
  EXPECT_EQ(move.failure.http_status, 0) << "found, not refused";
}

}  // namespace
}  // namespace usher::workos
