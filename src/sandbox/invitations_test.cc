// SPDX-License-Identifier: Apache-2.0
// Invitations and the pending memberships they make. Numbers are the contract's statements.
#include "sandbox/invitations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kAll = "/user_management/invitations";

Answer invite(Trial& trial, std::string_view email, std::string_view more = "") {
  return trial.post(kAll, fmt::format(R"({{"email":"{}"{}}})", email, more));
}

std::string into(std::string_view org) {
  return fmt::format(R"(,"organization_id":"{}")", org);
}

std::string at(std::string_view id, std::string_view what = "") {
  return fmt::format("{}/{}{}", kAll, id, what);
}

TEST(Invitations, ArePendingUntilTheirDay) {  // 94
  Trial trial;
  const std::string org = trial.organization("Blue");
  const Answer made = invite(trial, "Kofi@example.test", into(org) + R"(,"expires_in_days":3)");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.id(), StartsWith("invitation_"));
  EXPECT_EQ(made.at("/state"), "pending");
  EXPECT_EQ(made.at("/expires_at"), "2026-03-05T09:15:07.042Z");
  EXPECT_EQ(made.at("/organization_id"), org);
  EXPECT_EQ(made.at("/email"), "kofi@example.test");
  EXPECT_THAT(made.at("/accept_invitation_url"), HasSubstr(made.at("/token")));
  EXPECT_EQ(trial.get(at("by_token/" + made.at("/token"))).id(), made.id());
  EXPECT_EQ(trial.get(at(made.id())).reply.body, made.reply.body);
  trial.pass(std::chrono::days(3));
  EXPECT_EQ(trial.get(at(made.id())).at("/state"), "expired");
  EXPECT_EQ(trial.post(at(made.id(), "/resend"), "{}").code(), "invite_expired");
  EXPECT_EQ(trial.post(at(made.id(), "/revoke")).code(), "invite_not_pending");
  EXPECT_EQ(invite(trial, "kofi@example.test", into(org)).status, 201);
}

TEST(Invitations, LastOneTo30Days) {  // 94
  Trial trial;
  const auto days = [&](int count) {
    return invite(trial, "kofi@example.test", fmt::format(R"(,"expires_in_days":{})", count));
  };
  EXPECT_EQ(days(0).code(), "expires_in_days_too_short");
  EXPECT_EQ(days(0).status, 400);
  EXPECT_EQ(days(-1).code(), "expires_in_days_too_short");
  EXPECT_EQ(days(31).code(), "expires_in_days_too_long");
  EXPECT_EQ(invite(trial, "kofi@example.test", R"(,"expires_in_days":"3")").status, 422);
  EXPECT_EQ(days(30).status, 201);
}

TEST(Invitations, AreSentOnceAndToNobodyWhoIsThere) {  // 94
  Trial trial;
  const std::string org = trial.organization("Blue");
  invite(trial, "kofi@example.test", into(org));
  const Answer again = invite(trial, "KOFI@example.test", into(org));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.code(), "email_already_invited_to_organization");
  EXPECT_EQ(invite(trial, "kofi@example.test").status, 201);
  EXPECT_EQ(invite(trial, "kofi@example.test").code(), "email_already_invited");
  const std::string user = trial.user("ada@example.test");
  EXPECT_EQ(invite(trial, "ada@example.test").code(), "user_already_exists");
  trial.join(user, org);
  EXPECT_EQ(invite(trial, "ada@example.test", into(org)).code(),
            "user_already_organization_member");
}

TEST(Invitations, NameOnlyWhatExists) {
  Trial trial;
  const std::string org = trial.organization("Blue");
  EXPECT_EQ(invite(trial, "kofi@example.test", into("org_x")).status, 404);
  EXPECT_EQ(invite(trial, "kofi@example.test", into(org) + R"(,"role_slug":"x")").code(),
            "invalid_role");
  EXPECT_EQ(invite(trial, "kofi@example.test", R"(,"inviter_user_id":"user_x")").status, 404);
  EXPECT_EQ(invite(trial, "nope").status, 422);
  EXPECT_EQ(trial.get(at("invitation_x")).code(), "entity_not_found");
  EXPECT_EQ(trial.get(at("by_token/x")).status, 404);
}

TEST(Invitations, AcceptingMakesThePendingMembershipActive) {
  Trial trial;
  const std::string org = trial.organization("Blue");
  const std::string user = trial.user("ada@example.test");
  trial.role("editor");
  const std::string id =
      invite(trial, "ada@example.test", into(org) + R"(,"role_slug":"editor")").id();
  EXPECT_EQ(trial.count("organization_memberships"), "1");
  const Answer accepted = trial.post(at(id, "/accept"));
  EXPECT_EQ(accepted.status, 200);
  EXPECT_EQ(accepted.at("/state"), "accepted");
  EXPECT_EQ(accepted.at("/accepted_user_id"), user);
  const Answer list = trial.get(fmt::format("{}?user_id={}", Trial::kMemberships, user));
  EXPECT_EQ(list.at("/data/0/status"), "active");
  EXPECT_EQ(list.at("/data/0/role/slug"), "editor");
  EXPECT_EQ(trial.post(at(id, "/accept")).code(), "invite_not_pending");
  EXPECT_EQ(trial.post(at(id, "/resend"), "{}").code(), "invite_accepted");
}

TEST(Invitations, OneWhoSignedUpLaterCanAccept) {
  Trial trial;
  const std::string org = trial.organization("Blue");
  const std::string id = invite(trial, "ada@example.test", into(org)).id();
  EXPECT_EQ(trial.post(at(id, "/accept")).code(), "invalid_invite");
  trial.user("ada@example.test");
  EXPECT_EQ(trial.post(at(id, "/accept")).status, 200);
  EXPECT_EQ(trial.count("organization_memberships"), "1");
}

TEST(Invitations, RevokingNeedsNoBodyAndEndsThePendingMembership) {  // 6
  Trial trial;
  const std::string org = trial.organization("Blue");
  trial.user("ada@example.test");
  const std::string id = invite(trial, "ada@example.test", into(org)).id();
  const Answer revoked = trial.post(at(id, "/revoke"));
  EXPECT_EQ(revoked.status, 200);
  EXPECT_EQ(revoked.at("/state"), "revoked");
  EXPECT_EQ(trial.count("organization_memberships"), "0");
  EXPECT_EQ(trial.post(at(id, "/resend"), "{}").code(), "invite_revoked");
  EXPECT_EQ(invite(trial, "ada@example.test", into(org)).status, 201);
}

TEST(Invitations, AreListedByOrganizationAndEmail) {
  Trial trial;
  const std::string org = trial.organization("Blue");
  invite(trial, "a@example.test", into(org));
  invite(trial, "b@example.test");
  EXPECT_EQ(trial.get(kAll).size(), 2U);
  EXPECT_EQ(trial.get(fmt::format("{}?organization_id={}", kAll, org)).size(), 1U);
  EXPECT_EQ(trial.get(fmt::format("{}?email=B@example.test", kAll)).size(), 1U);
  EXPECT_EQ(trial.get(fmt::format("{}?email=c@example.test", kAll)).size(), 0U);
}

}  // namespace
}  // namespace usher::sandbox
