// SPDX-License-Identifier: Apache-2.0
#include "target/workos/membership_step.h"

#include <optional>

#include <gtest/gtest.h>

#include "target/workos/step_talk_test.h"
#include "target/workos/user_step.h"

namespace usher::workos {
namespace {

using Kind = Move::Kind;
using Roles = std::vector<std::string>;

const WallTime kNow{std::chrono::milliseconds{1'772'442'907'042}};  // 2026-03-02T09:15:07.042Z
const std::string kYoung = "2026-03-02T09:15:06.000Z";
const std::string kOld = "2026-03-01T00:00:00.000Z";

const std::string kLook =
    "GET /user_management/organization_memberships"
    "?limit=10&statuses=active,inactive,pending&user_id=user_1&organization_id=org_1";
const std::string kPost = "POST /user_management/organization_memberships ";
const std::string kPut = "PUT /user_management/organization_memberships/om_1 ";
const std::string kNoRoles = R"({"user_id":"user_1","organization_id":"org_1"})";

const std::string kSeveralNotEnabled =
    R"({"code":"multiple_roles_not_enabled","message":"Multiple roles is not enabled."})";
const std::string kPending =
    R"({"code":"cannot_reactivate_pending_organization_membership","message":"Pending."})";

std::string membership(const Roles& roles, const std::string& status = "active",
                       const std::string& created = kOld, const std::string& user = "user_1") {
  std::string slugs;
  for (const std::string& role : roles) {
    slugs += (slugs.empty() ? "" : ",") + (R"({"slug":")" + role + "\"}");
  }
  return R"({"object":"organization_membership","id":"om_1","user_id":")" + user +
         R"(","organization_id":"org_1","status":")" + status + R"(","roles":[)" + slugs +
         R"(],"created_at":")" + created + "\"}";
}

std::string with_roles(const Roles& roles) {
  if (roles.empty()) return kNoRoles;
  std::string body = kNoRoles.substr(0, kNoRoles.size() - 1);
  if (roles.size() == 1) return body + R"(,"role_slug":")" + roles[0] + "\"}";
  body += R"(,"role_slugs":[)";
  for (std::size_t i = 0; i < roles.size(); ++i) body += (i ? ",\"" : "\"") + roles[i] + "\"";
  return body + "]}";
}

class MembershipSteps : public testing::Test {
 protected:
  MembershipStep& begin(const Roles& roles, Start start = {.now = kNow}) {
    wish_.roles = roles;
    step_.emplace(wish_, existing_, setting_, "n");
    step_->start(start);
    return *step_;
  }
  MembershipStep::Wish wish_{.user_id = "user_1",
                             .organization_id = "org_1",
                             .roles = {},
                             .row = "Row 12: ",
                             .made_by_this_job = false};
  Existing existing_ = Existing::link;
  RoleSetting setting_;
  std::optional<MembershipStep> step_;
};

// --- create ------------------------------------------------------------------------------------

TEST_F(MembershipSteps, CreatesAtOnceWithNoOneOrSeveralRoles) {
  for (const Roles& roles : {Roles{}, Roles{"editor"}, Roles{"editor", "billing"}}) {
    MembershipStep& step = begin(roles);
    EXPECT_EQ(asked(step), kPost + with_roles(roles));
    EXPECT_TRUE(step.creates());
    const Move move = tell(step, 201, membership(roles));
    EXPECT_EQ(move.kind, Kind::created);
    EXPECT_EQ(move.id, "om_1");
    EXPECT_EQ(step.roles_assigned, roles.size());
    EXPECT_TRUE(step.warnings.empty());
  }
}

TEST_F(MembershipSteps, FallsBackToTheFirstRoleWhereSeveralAreNotEnabled) {
  MembershipStep& step = begin({"editor", "billing", "viewer"});
  EXPECT_EQ(tell(step, 422, kSeveralNotEnabled).kind, Kind::ask);
  EXPECT_TRUE(setting_.only_one);
  EXPECT_EQ(asked(step), kPost + with_roles({"editor"}));
  EXPECT_TRUE(step.warnings.empty()) << "nothing is assigned yet";
  EXPECT_EQ(tell(step, 201, membership({"editor"})).kind, Kind::created);
  EXPECT_EQ(step.roles_assigned, 1U);
  ASSERT_EQ(step.warnings.size(), 1U);
  EXPECT_EQ(step.warnings[0],
            "Row 12: Multiple roles not enabled — assigned \"editor\" only, skipped: "
            "billing, viewer");
}

TEST_F(MembershipSteps, TheNextStepsKnowThatOnlyOneRoleIsEnabled) {
  setting_.only_one = true;
  MembershipStep& step = begin({"editor", "billing"});
  EXPECT_EQ(asked(step), kPost + with_roles({"editor"}));
  EXPECT_EQ(tell(step, 201, membership({"editor"})).kind, Kind::created);
  EXPECT_EQ(step.warnings.size(), 1U);
}

TEST_F(MembershipSteps, OneRoleThatIsNotEnabledIsARefusal) {
  MembershipStep& step = begin({"editor"});
  EXPECT_EQ(tell(step, 422, kSeveralNotEnabled).kind, Kind::failed);
}

TEST_F(MembershipSteps, WhoIsAMemberAlreadyIsLookedUp) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {409, "{}"},
           {400, R"({"code":"organization_membership_already_exists"})"},
           {422, R"({"errors":[{"code":"user_already_organization_member"}]})"},
           {400, R"({"code":"entity_already_exists"})"}}) {
    MembershipStep& step = begin({"editor"});
    EXPECT_EQ(tell(step, status, body).kind, Kind::ask) << body;
    EXPECT_EQ(asked(step), kLook) << body;
    EXPECT_FALSE(step.creates()) << body;
    // The conflict proves that it was there before: its age is not looked at.
    const Move move = tell(step, 200, page(membership({"editor"}, "active", kYoung)));
    EXPECT_EQ(move.kind, Kind::already_there) << body;
    EXPECT_EQ(move.id, "om_1") << body;
    EXPECT_EQ(step.roles_assigned, 0U) << body;
  }
}

TEST_F(MembershipSteps, APendingInvitationFails) {
  MembershipStep& step = begin({});
  const Move move = tell(step, 400, kPending);
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.at, FailedAt::membership_create);
  EXPECT_EQ(move.failure.http_status, 400);
  EXPECT_EQ(move.failure.user_id, "user_1");
  EXPECT_NE(move.failure.message.find("invitation"), std::string::npos);
}

TEST_F(MembershipSteps, APendingMembershipThatIsInTheWayIsTheRefusalItWas) {
  MembershipStep& step = begin({});
  tell(step, 409, R"({"code":"organization_membership_already_exists","message":"No."})");
  const Move move = tell(step, 200, page(membership({}, "pending")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.http_status, 409);
  EXPECT_EQ(move.failure.code, "organization_membership_already_exists");
}

TEST_F(MembershipSteps, OtherRefusalsFailWithWhatTheApiSaid) {
  MembershipStep& step = begin({"ghost"});
  const Move move =
      tell(step, 422, R"({"code":"invalid_role","message":"Role 'ghost' is not a valid role."})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.at, FailedAt::membership_create);
  EXPECT_EQ(move.failure.code, "invalid_role");
  EXPECT_EQ(move.failure.message, "Role 'ghost' is not a valid role.");
  EXPECT_EQ(move.failure.user_id, "user_1");
  EXPECT_EQ(move.failure.request_id, "req-1");
  EXPECT_TRUE(step.warnings.empty());
}

TEST_F(MembershipSteps, ADoubtIsLookedUpAndAYoungRecordIsOurEcho) {
  MembershipStep& step = begin({"editor"});
  step.doubted();
  EXPECT_EQ(asked(step), kLook);
  EXPECT_EQ(tell(step, 200, page(membership({"editor"}, "active", kYoung))).kind, Kind::created);
  EXPECT_EQ(step.roles_assigned, 1U);
}

TEST_F(MembershipSteps, ADoubtThatFindsAnOldRecordAdoptsIt) {
  MembershipStep& step = begin({"editor"});
  step.doubted();
  EXPECT_EQ(tell(step, 200, page(membership({"editor"}))).kind, Kind::already_there);
}

TEST_F(MembershipSteps, AnAnswerThatIsNoMembershipIsADoubtOnce) {
  MembershipStep& step = begin({});
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::ask);
  EXPECT_EQ(asked(step), kLook);
  for (int i = 0; i < kLookUps; ++i) EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(asked(step), kPost + kNoRoles);
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::failed)
      << "it would go on for ever";
}

// Reads may lag longer than we look: the conflict that follows is with ourselves.
TEST_F(MembershipSteps, AConflictWithOurOwnEchoIsACreation) {
  MembershipStep& step = begin({"editor"});
  step.doubted();
  for (int i = 0; i < kLookUps; ++i) tell(step, 200, page(""));
  EXPECT_EQ(tell(step, 409, "{}").kind, Kind::ask);
  EXPECT_EQ(tell(step, 200, page(membership({"editor"}, "active", kYoung))).kind, Kind::created);
}

// --- look --------------------------------------------------------------------------------------

TEST_F(MembershipSteps, LooksFirstWhenItIsLikelyThere) {
  MembershipStep& step = begin({"editor"}, {.look_first = true, .now = kNow});
  EXPECT_EQ(asked(step), kLook);
  const Move move = tell(step, 200, page(membership({"editor", "billing"}, "active", kYoung)));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_FALSE(move.updated);
}

TEST_F(MembershipSteps, ALookThatFindsNothingCreates) {
  MembershipStep& step = begin({}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(asked(step), kPost + kNoRoles);
}

TEST_F(MembershipSteps, AnEarlierLifesDoubtIsLookedUpFirst) {
  EXPECT_EQ(asked(begin({}, {.in_doubt = true, .now = kNow})), kLook);
}

TEST_F(MembershipSteps, MissingRolesAreAddedToThoseThere) {
  MembershipStep& step = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(step, 200, page(membership({"admin", "editor"}))).kind, Kind::ask);
  EXPECT_EQ(asked(step), kPut + R"({"role_slugs":["admin","editor","billing"]})");
  EXPECT_FALSE(step.creates());
  step.doubted();  // the same again
  EXPECT_EQ(asked(step), kPut + R"({"role_slugs":["admin","editor","billing"]})");
  const Move move = tell(step, 200, membership({"admin", "editor", "billing"}));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_TRUE(move.updated);
}

TEST_F(MembershipSteps, TheDefaultRoleGivesWayUnlessARowOfThisJobAskedForIt) {
  MembershipStep& lone = begin({"editor"}, {.look_first = true, .now = kNow});
  tell(lone, 200, page(membership({"member"})));
  EXPECT_EQ(asked(lone), kPut + R"({"role_slug":"editor"})");

  wish_.made_by_this_job = true;
  MembershipStep& second = begin({"editor"}, {.look_first = true, .now = kNow});
  tell(second, 200, page(membership({"member"})));
  EXPECT_EQ(asked(second), kPut + R"({"role_slugs":["member","editor"]})");
}

TEST_F(MembershipSteps, AnInactiveMembershipIsLeftSoWithAWarning) {
  MembershipStep& step = begin({"editor"}, {.look_first = true, .now = kNow});
  const Move move = tell(step, 200, page(membership({"member"}, "inactive")));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_FALSE(move.updated);
  ASSERT_EQ(step.warnings.size(), 1U);
  EXPECT_TRUE(step.warnings[0].starts_with("Row 12: ")) << step.warnings[0];
  EXPECT_NE(step.warnings[0].find("om_1"), std::string::npos);
}

TEST_F(MembershipSteps, ExistingUpdateReactivates) {
  existing_ = Existing::update;
  MembershipStep& step = begin({"editor"}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(step, 200, page(membership({"member"}, "inactive"))).kind, Kind::ask);
  EXPECT_EQ(asked(step), kPost + with_roles({"editor"}));
  const Move move = tell(step, 201, membership({"editor"}));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_TRUE(move.updated);
}

TEST_F(MembershipSteps, AReactivationInDoubtIsLookedUp) {
  existing_ = Existing::update;
  MembershipStep& step = begin({"editor"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"member"}, "inactive")));
  step.doubted();
  EXPECT_EQ(asked(step), kLook);
  const Move move = tell(step, 200, page(membership({"editor"})));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_TRUE(move.updated);
}

// The API replays an answer to a repeated Idempotency-Key, so a reactivation needs its own.
TEST_F(MembershipSteps, AReactivationThatConflictsIsAnotherRequestAndIsTriedOnce) {
  existing_ = Existing::update;
  MembershipStep& step = begin({"editor"});
  const std::string first_key = step.request().idempotency_key;
  tell(step, 409, "{}");
  EXPECT_EQ(tell(step, 200, page(membership({"member"}, "inactive"))).kind, Kind::ask);
  EXPECT_NE(step.request().idempotency_key, first_key);
  EXPECT_EQ(tell(step, 409, R"({"message":"No."})").kind, Kind::ask);
  const Move move = tell(step, 200, page(membership({"member"}, "inactive")));
  EXPECT_EQ(move.kind, Kind::failed) << "it would go on for ever";
  EXPECT_EQ(move.failure.http_status, 409);
}

TEST_F(MembershipSteps, APendingMembershipFails) {
  MembershipStep& step = begin({}, {.look_first = true, .now = kNow});
  const Move move = tell(step, 200, page(membership({}, "pending")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("invitation"), std::string::npos);
  EXPECT_EQ(move.failure.http_status, 0) << "found, not refused";
}

TEST_F(MembershipSteps, ADoubtThatFindsNothingThreeTimesCreatesAgain) {
  MembershipStep& step = begin({});
  step.doubted();
  EXPECT_EQ(tell(step, 200, page("")).after, kLookUpLag);
  EXPECT_EQ(asked(step), kLook);
  EXPECT_EQ(tell(step, 200, page("")).after, kLookUpLag * 2);
  EXPECT_EQ(asked(step), kLook);
  EXPECT_EQ(tell(step, 200, page("")).after, Duration{0});
  EXPECT_EQ(asked(step), kPost + kNoRoles);
}

TEST_F(MembershipSteps, AConflictThatCannotBeFoundFails) {
  MembershipStep& step = begin({});
  tell(step, 409, R"({"code":"organization_membership_already_exists","message":"There."})");
  EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  const Move move = tell(step, 200, page(""));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.http_status, 409);
  EXPECT_EQ(move.failure.code, "organization_membership_already_exists");
}

TEST_F(MembershipSteps, SomebodyElsesMembershipsAreNotOurs) {
  MembershipStep& step = begin({}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(step, 200, page(membership({}, "active", kOld, "user_2"))).kind, Kind::ask);
  EXPECT_EQ(asked(step), kPost + kNoRoles);
}

TEST_F(MembershipSteps, ALookThatIsRefusedOrUnreadableFails) {
  MembershipStep& refused = begin({}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(refused, 404, R"({"code":"entity_not_found","message":"x"})").kind, Kind::failed);
  MembershipStep& unreadable = begin({}, {.look_first = true, .now = kNow});
  const Move move = tell(unreadable, 200, R"({"rows":[]})");
  EXPECT_TRUE(move.failure.passing);
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("data"), std::string::npos);
}

// --- update ------------------------------------------------------------------------------------

TEST_F(MembershipSteps, WhereOneRoleIsAllTheInputsFirstReplacesWhatIsThere) {
  MembershipStep& step = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"admin"})));
  EXPECT_EQ(tell(step, 422, kSeveralNotEnabled).kind, Kind::ask);
  EXPECT_TRUE(setting_.only_one);
  EXPECT_EQ(asked(step), kPut + R"({"role_slug":"editor"})");
  const Move move = tell(step, 200, membership({"editor"}));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_TRUE(move.updated);
  EXPECT_EQ(step.roles_assigned, 1U);
  ASSERT_EQ(step.warnings.size(), 1U);
  EXPECT_NE(step.warnings[0].find("skipped: billing"), std::string::npos) << step.warnings[0];
}

TEST_F(MembershipSteps, WhereOneRoleIsAllARoleOfThisJobStays) {
  wish_.made_by_this_job = true;
  MembershipStep& step = begin({"editor"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"admin"})));
  EXPECT_EQ(asked(step), kPut + R"({"role_slugs":["admin","editor"]})");
  const Move move = tell(step, 422, kSeveralNotEnabled);
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_FALSE(move.updated);
  ASSERT_EQ(step.warnings.size(), 1U);
  EXPECT_EQ(step.warnings[0],
            "Row 12: Multiple roles not enabled — kept \"admin\", skipped: editor");
}

TEST_F(MembershipSteps, WhereOneRoleIsAllTheWantedOneStays) {
  MembershipStep& step = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"editor"})));
  EXPECT_EQ(asked(step), kPut + R"({"role_slugs":["editor","billing"]})");
  EXPECT_EQ(tell(step, 422, kSeveralNotEnabled).kind, Kind::already_there);
  ASSERT_EQ(step.warnings.size(), 1U);
  EXPECT_EQ(step.warnings[0],
            "Row 12: Multiple roles not enabled — kept \"editor\", skipped: billing");
}

TEST_F(MembershipSteps, KnownBeforehandThatOneRoleIsAllItWarnsOnce) {
  setting_.only_one = true;
  MembershipStep& replaced = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  tell(replaced, 200, page(membership({"admin"})));
  EXPECT_EQ(asked(replaced), kPut + R"({"role_slug":"editor"})");
  EXPECT_EQ(tell(replaced, 200, membership({"editor"})).kind, Kind::already_there);
  EXPECT_EQ(replaced.warnings.size(), 1U);

  MembershipStep& complete = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(complete, 200, page(membership({"editor"}))).kind, Kind::already_there);
  EXPECT_EQ(complete.warnings.size(), 1U);

  wish_.made_by_this_job = true;
  MembershipStep& kept = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  EXPECT_EQ(tell(kept, 200, page(membership({"admin"}))).kind, Kind::already_there);
  ASSERT_EQ(kept.warnings.size(), 1U);
  EXPECT_NE(kept.warnings[0].find("kept \"admin\", skipped: editor, billing"), std::string::npos)
      << kept.warnings[0];
}

TEST_F(MembershipSteps, ARefusedUpdateFails) {
  MembershipStep& step = begin({"ghost"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"admin"})));
  const Move move = tell(step, 422, R"({"code":"invalid_role","message":"No such role."})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.user_id, "user_1");
}

TEST_F(MembershipSteps, OneRoleRefusedAsSeveralDoesNotGoOnForEver) {
  MembershipStep& step = begin({"editor", "billing"}, {.look_first = true, .now = kNow});
  tell(step, 200, page(membership({"admin"})));
  tell(step, 422, kSeveralNotEnabled);
  EXPECT_EQ(tell(step, 422, kSeveralNotEnabled).kind, Kind::failed);
}

// --- the request -------------------------------------------------------------------------------

TEST_F(MembershipSteps, AFallBackToOneRoleIsAnotherRequest) {
  MembershipStep& step = begin({"editor", "billing"});
  const std::string several = step.request().idempotency_key;
  EXPECT_TRUE(several.starts_with("usher-n-")) << several;
  tell(step, 422, kSeveralNotEnabled);
  EXPECT_NE(step.request().idempotency_key, several);
}

TEST_F(MembershipSteps, EncodesIds) {
  wish_.organization_id = "org/1&x";
  EXPECT_TRUE(asked(begin({}, {.look_first = true})).ends_with("organization_id=org%2F1%26x"));
}

}  // namespace
}  // namespace usher::workos
