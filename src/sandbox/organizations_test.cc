// SPDX-License-Identifier: Apache-2.0
// Organizations and their domains. Numbers are the contract's statements.
#include "sandbox/organizations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kAll = "/organizations";

std::string at(std::string_view id) {
  return fmt::format("/organizations/{}", id);
}

Answer create(Trial& trial, std::string_view fields) {
  return trial.post(kAll, fmt::format("{{{}}}", fields));
}

TEST(Organizations, ANameAloneMakesOneWithDefaults) {  // 52
  Trial trial;
  const Answer made = create(trial, R"("name":"Blue")");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/object"), "organization");
  EXPECT_THAT(made.id(), StartsWith("org_"));
  EXPECT_EQ(made.at("/domains"), "[]");
  EXPECT_EQ(made.at("/metadata"), "{}");
  EXPECT_EQ(made.at("/external_id"), "null");
  EXPECT_EQ(made.at("/allow_profiles_outside_organization"), "false");
  EXPECT_THAT(made.reply.body, Not(HasSubstr("stripe_customer_id")));
}

TEST(Organizations, OneNameTwiceMakesTwo) {  // 53
  Trial trial;
  EXPECT_NE(trial.organization("Blue"), trial.organization("Blue"));
  EXPECT_EQ(trial.count("organizations"), "2");
}

TEST(Organizations, DomainsComeWithTheirStates) {  // 54
  Trial trial;
  const Answer made =
      create(trial, R"("name":"Blue","domain_data":[{"domain":"A.test","state":"verified"},)"
                    R"({"domain":"p.test","state":"pending"}])");
  EXPECT_THAT(made.at("/domains/0/id"), StartsWith("org_domain_"));
  EXPECT_EQ(made.at("/domains/0/object"), "organization_domain");
  EXPECT_EQ(made.at("/domains/0/organization_id"), made.id());
  EXPECT_EQ(made.at("/domains/0/domain"), "a.test");
  EXPECT_EQ(made.at("/domains/0/state"), "verified");
  EXPECT_EQ(made.at("/domains/1/state"), "pending");
  EXPECT_NE(made.at("/domains/1/verification_token"), "");
  EXPECT_EQ(create(trial, R"("name":"B","domains":["b.test"])").at("/domains/0/state"),
            "legacy_verified");
}

TEST(Organizations, WrongBodiesAreInvalidAndMakeNothing) {  // 55
  Trial trial;
  for (const char* fields :
       {"", R"("name":"")", R"("name":" ")", R"("name":null)", R"("name":7)",
        R"("name":"B","domain_data":[{"domain":"a.test","state":"maybe"}])",
        R"("name":"B","domain_data":[{"domain":"a.test"}])", R"("name":"B","domain_data":{})",
        R"("name":"B","domain_data":["a.test"])", R"("name":"B","domains":"a.test")",
        R"("name":"B","domains":["no domain"])", R"("name":"B","external_id":"")",
        R"("name":"B","metadata":{"n":1})"}) {
    const Answer refused = create(trial, fields);
    EXPECT_EQ(refused.status, 422) << fields;
    EXPECT_EQ(refused.at("/message"), "Validation failed");
    EXPECT_EQ(refused.code(), "");
  }
  EXPECT_EQ(create(trial, "").at("/errors/0"), R"({"field":"name","code":"required"})");
  EXPECT_EQ(trial.count("organizations"), "0");
}

TEST(Organizations, OneDomainTwiceInABodyIsAConflict) {
  Trial trial;
  const Answer refused =
      create(trial, R"("name":"B","domain_data":[{"domain":"a.test","state":"verified"},)"
                    R"({"domain":"A.test","state":"pending"}])");
  EXPECT_EQ(refused.code(), "domain_already_exists");
  EXPECT_EQ(trial.count("organizations"), "0");
}

TEST(Organizations, AUsedExternalIdIsRefused) {  // 56
  Trial trial;
  create(trial, R"("name":"A","external_id":"x")");
  const Answer refused = create(trial, R"("name":"B","external_id":"x")");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "external_id_already_used");
  EXPECT_EQ(refused.at("/message"),
            "The external_id provided has already been assigned to another organization.");
  EXPECT_EQ(refused.at("/errors"), "");
}

TEST(Organizations, AUserMayHaveTheSameExternalId) {  // 57
  Trial trial;
  EXPECT_EQ(create(trial, R"("name":"A","external_id":"x")").status, 201);
  EXPECT_EQ(trial.post(Trial::kUsers, R"({"email":"a@example.test","external_id":"x"})").status,
            201);
}

TEST(Organizations, AreReadByIdAndByExternalId) {  // 58
  Trial trial;
  const Answer made = create(trial, R"("name":"A","external_id":"crm|1/2")");
  EXPECT_EQ(trial.get(at(made.id())).reply.body, made.reply.body);
  EXPECT_EQ(trial.get(at("external_id/crm%7C1%2F2")).reply.body, made.reply.body);
  const Answer missing = trial.get(at("org_nope"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.code(), "entity_not_found");
  EXPECT_EQ(missing.at("/message"), "Organization not found: 'org_nope'.");
  EXPECT_EQ(trial.get(at("external_id/none")).code(), "entity_not_found");
}

TEST(Organizations, AreFoundByAnyOfSeveralDomains) {  // 59
  Trial trial;
  create(trial, R"("name":"A","domains":["a.test","aa.test"])");
  create(trial, R"("name":"B","domains":["b.test"])");
  create(trial, R"("name":"Z","domains":["z.test"])");
  const auto found = [&](std::string_view query) {
    return trial.get(fmt::format("{}?{}", kAll, query)).column("name");
  };
  EXPECT_THAT(found("domains=a.test%2Cz.test"), ElementsAre("Z", "A"));
  EXPECT_THAT(found("domains=a.test,aa.test"), ElementsAre("A"));
  EXPECT_THAT(found("domains=A.TEST&domains=b.test"), ElementsAre("B", "A"));
  EXPECT_THAT(found("domains%5B%5D=b.test"), ElementsAre("B"));
  EXPECT_THAT(found("domains=none.test"), IsEmpty());
}

TEST(Organizations, AreFoundByAPartOfTheirName) {  // 60
  Trial trial;
  trial.organization("Bluefern Logistics");
  trial.organization("Red");
  EXPECT_THAT(trial.get("/organizations?search=blu").column("name"),
              ElementsAre("Bluefern Logistics"));
  EXPECT_THAT(trial.get("/organizations?search=LOGI").column("name"),
              ElementsAre("Bluefern Logistics"));
  EXPECT_EQ(trial.get("/organizations?search=x").size(), 0U);
}

TEST(Organizations, AnUpdateKeepsWhatItDoesNotName) {  // 61
  Trial trial;
  const Answer made =
      create(trial, R"("name":"A","external_id":"x","metadata":{"a":"1","b":"1","c":"1"},)"
                    R"("domains":["a.test"])");
  const Answer renamed = trial.put(at(made.id()), R"({"name":"B"})");
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.at("/name"), "B");
  for (const char* name : {"/external_id", "/metadata", "/domains", "/created_at"}) {
    EXPECT_EQ(renamed.at(name), made.at(name));
  }
  EXPECT_EQ(trial.put(at(made.id()), R"({"metadata":{"a":"2","b":null}})").at("/metadata"),
            R"({"a":"2","c":"1"})");
  EXPECT_EQ(trial.put(at(made.id()), R"({"name":""})").status, 422);
  EXPECT_EQ(trial.put(at("org_nope"), R"({"name":"B"})").status, 404);
}

TEST(Organizations, AnExternalIdCanBeChangedUnlessTaken) {  // 62
  Trial trial;
  const std::string a = create(trial, R"("name":"A","external_id":"a")").id();
  create(trial, R"("name":"B","external_id":"b")");
  EXPECT_EQ(trial.put(at(a), R"({"external_id":"a"})").status, 200);
  EXPECT_EQ(trial.put(at(a), R"({"external_id":"b"})").code(), "external_id_already_used");
  EXPECT_EQ(trial.put(at(a), R"({"external_id":null})").at("/external_id"), "null");
  EXPECT_EQ(trial.get(at("external_id/a")).status, 404);
  EXPECT_EQ(create(trial, R"("name":"C","external_id":"a")").status, 201);
}

TEST(Organizations, DomainDataReplacesTheSetAndKeepsWhatStays) {  // 62
  Trial trial;
  const Answer made = create(trial, R"("name":"A","domains":["a.test","b.test"])");
  const Answer updated =
      trial.put(at(made.id()), R"({"domain_data":[{"domain":"b.test","state":"verified"},)"
                               R"({"domain":"c.test","state":"verified"}]})");
  EXPECT_EQ(updated.at("/domains/0/domain"), "b.test");
  EXPECT_EQ(updated.at("/domains/0/id"), made.at("/domains/1/id"));
  EXPECT_EQ(updated.at("/domains/1/domain"), "c.test");
  EXPECT_EQ(updated.at("/domains/2"), "");
  EXPECT_EQ(trial.get("/organizations?domains=a.test").size(), 0U);
  EXPECT_EQ(trial.put(at(made.id()), R"({"domain_data":[]})").at("/domains"), "[]");
}

TEST(Organizations, AStripeCustomerBelongsToOne) {
  Trial trial;
  const std::string a = trial.organization("A");
  const std::string b = trial.organization("B");
  EXPECT_EQ(trial.put(at(a), R"({"stripe_customer_id":"cus_1"})").at("/stripe_customer_id"),
            "cus_1");
  EXPECT_EQ(trial.put(at(b), R"({"stripe_customer_id":"cus_1"})").code(),
            "stripe_customer_id_already_used");
  EXPECT_EQ(trial.put(at(a), R"({"stripe_customer_id":"cus_1"})").status, 200);
}

TEST(Organizations, ADeletionIsAcceptedAsTextAndTakesEverythingWithIt) {  // 63
  Trial trial;
  const std::string org =
      create(trial, R"("name":"A","external_id":"x","domains":["a.test"])").id();
  const std::string user = trial.user("a@example.test");
  trial.join(user, org);
  const Answer deleted = trial.del(at(org));
  EXPECT_EQ(deleted.status, 202);
  EXPECT_THAT(deleted.reply.content_type, StartsWith("text/plain"));
  EXPECT_EQ(deleted.reply.body, "Accepted");
  EXPECT_EQ(trial.get(at(org)).status, 404);
  EXPECT_EQ(trial.count("organization_memberships"), "0");
  EXPECT_EQ(trial.count("organization_domains"), "0");
  EXPECT_EQ(trial.get(fmt::format("{}?user_id={}", Trial::kMemberships, user)).size(), 0U);
  EXPECT_EQ(trial.del(at(org)).code(), "entity_not_found");
  EXPECT_EQ(create(trial, R"("name":"A","external_id":"x")").status, 201);
}

TEST(Domains, AreAddedPendingAndOnlyOnce) {  // 64
  Trial trial;
  const std::string org = trial.organization("A");
  const std::string body = fmt::format(R"({{"domain":"A.test","organization_id":"{}"}})", org);
  const Answer made = trial.post("/organization_domains", body);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/domain"), "a.test");
  EXPECT_EQ(made.at("/state"), "pending");
  EXPECT_NE(made.at("/verification_token"), "");
  EXPECT_NE(made.at("/verification_prefix"), "");
  const Answer again = trial.post("/organization_domains", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "domain_already_exists");
  EXPECT_EQ(again.at("/message"), "Domain already exists for this organization.");
  EXPECT_EQ(trial.get("/organization_domains/" + made.id()).reply.body, made.reply.body);
  EXPECT_EQ(trial.post("/organization_domains", R"({"domain":"a.test"})").status, 422);
  EXPECT_EQ(trial.post("/organization_domains", R"({"domain":"a.test","organization_id":"org_x"})")
                .status,
            404);
}

TEST(Domains, AreVerifiedOnceAndDeleted) {  // 65
  Trial trial;
  const std::string org = trial.organization("A");
  const std::string id =
      trial
          .post("/organization_domains",
                fmt::format(R"({{"domain":"a.test","organization_id":"{}"}})", org))
          .id();
  const Answer verified = trial.post(fmt::format("/organization_domains/{}/verify", id));
  EXPECT_EQ(verified.status, 201);
  EXPECT_EQ(verified.at("/state"), "verified");
  const Answer again = trial.post(fmt::format("/organization_domains/{}/verify", id));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.code(), "domain_already_verified");
  const Answer deleted = trial.del("/organization_domains/" + id);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.reply.body, "");
  EXPECT_EQ(trial.get("/organization_domains/" + id).status, 404);
  EXPECT_EQ(trial.get(at(org)).at("/domains"), "[]");
}

TEST(Domains, MayBelongToSeveralOrganizationsUnlessUnique) {
  Trial trial;
  EXPECT_EQ(create(trial, R"("name":"A","domains":["a.test"])").status, 201);
  EXPECT_EQ(create(trial, R"("name":"B","domains":["a.test"])").status, 201);
  Trial unique({.domain_unique = true});
  create(unique, R"("name":"A","domains":["a.test"])");
  const Answer refused = create(unique, R"("name":"B","domains":["a.test"])");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.at("/message"), "An Organization with the domain a.test already exists.");
}

}  // namespace
}  // namespace usher::sandbox
