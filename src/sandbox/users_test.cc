// SPDX-License-Identifier: Apache-2.0
// Users: what is created, found, changed and refused. The numbers in comments are the statements of
// the contract that the official clients are held to as well.
#include "sandbox/users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

std::string at(std::string_view id) {
  return fmt::format("/user_management/users/{}", id);
}

Answer create(Trial& trial, std::string_view fields) {
  return trial.post(Trial::kUsers, fmt::format("{{{}}}", fields));
}

TEST(Users, AnEmailAloneMakesAUserWithDefaults) {  // 16
  Trial trial;
  const Answer made = create(trial, R"("email":"ada@example.test")");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/object"), "user");
  EXPECT_EQ(made.at("/email"), "ada@example.test");
  EXPECT_EQ(made.at("/email_verified"), "false");
  EXPECT_EQ(made.at("/metadata"), "{}");
  for (const char* name : {"/external_id", "/first_name", "/last_name", "/name", "/locale",
                           "/profile_picture_url", "/last_sign_in_at"}) {
    EXPECT_EQ(made.at(name), "null") << name;
  }
  EXPECT_EQ(made.at("/created_at"), "2026-03-02T09:15:07.042Z");
  EXPECT_EQ(made.at("/updated_at"), "2026-03-02T09:15:07.042Z");
}

TEST(Users, IdsAndTimesHaveTheirForm) {  // 15
  Trial trial;
  const Answer made = create(trial, R"("email":"ada@example.test")");
  EXPECT_THAT(made.id(), MatchesRegex("user_[0-9A-HJKMNP-TV-Z]{26}"));
  EXPECT_THAT(made.at("/created_at"),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
}

TEST(Users, EveryFieldIsEchoedExceptPasswords) {  // 17
  Trial trial;
  const Answer made = create(
      trial, R"("email":"ada@example.test","first_name":"Ada","last_name":"Li","name":"Ada Li",)"
             R"("email_verified":true,"external_id":"x1","metadata":{"plan":"team","a":"b"},)"
             R"("ip_address":"203.0.113.9","user_agent":"t","signals_id":"s",)"
             R"("password_hash":"$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS",)"
             R"("password_hash_type":"bcrypt")");
  ASSERT_EQ(made.status, 201) << made.reply.body;
  EXPECT_EQ(made.at("/first_name"), "Ada");
  EXPECT_EQ(made.at("/last_name"), "Li");
  EXPECT_EQ(made.at("/name"), "Ada Li");
  EXPECT_EQ(made.at("/email_verified"), "true");
  EXPECT_EQ(made.at("/external_id"), "x1");
  EXPECT_EQ(made.at("/metadata"), R"({"plan":"team","a":"b"})");
  EXPECT_THAT(made.reply.body, Not(HasSubstr("password")));
  EXPECT_THAT(made.reply.body, Not(HasSubstr("$2b$")));
}

TEST(Users, EmailsAreTrimmedAndStoredInLowerCase) {  // 18
  Trial trial;
  EXPECT_EQ(create(trial, R"("email":" Mixed@Example.TEST ")").at("/email"), "mixed@example.test");
  Trial preserving({.email_case = EmailCase::preserve});
  EXPECT_EQ(create(preserving, R"("email":" Mixed@Example.TEST ")").at("/email"),
            "Mixed@Example.TEST");
  EXPECT_EQ(create(preserving, R"("email":"mixed@example.test")").inner_code(),
            "email_not_available");
}

TEST(Users, AnEmailIsTakenWhateverItsCase) {  // 19
  Trial trial;
  trial.user("ada@example.test");
  const Answer again = create(trial, R"("email":"ADA@example.test")");
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.code(), "user_creation_error");
  EXPECT_EQ(again.at("/message"), "Could not create user.");
  EXPECT_EQ(again.inner_code(), "email_not_available");
  EXPECT_EQ(again.at("/errors/0/message"), "This email is not available.");
  EXPECT_EQ(again.inner_code(1), "");
}

TEST(Users, AUsedExternalIdMakesNoUser) {  // 20
  Trial trial;
  create(trial, R"("email":"a@example.test","external_id":"x")");
  const Answer again = create(trial, R"("email":"b@example.test","external_id":"x")");
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.code(), "user_creation_error");
  EXPECT_EQ(again.inner_code(), "external_id_already_used");
  EXPECT_THAT(again.at("/errors/0/message"), HasSubstr("already been assigned"));
  EXPECT_EQ(trial.count("users"), "1");
}

TEST(Users, BothTakenAreBothTold) {  // 21
  Trial trial;
  create(trial, R"("email":"a@example.test","external_id":"x")");
  const Answer again = create(trial, R"("email":"a@example.test","external_id":"x")");
  EXPECT_EQ(again.inner_code(0), "email_not_available");
  EXPECT_EQ(again.inner_code(1), "external_id_already_used");
}

TEST(Users, AMissingOrWrongEmailIsInvalid) {  // 22, 23
  Trial trial;
  for (const char* fields :
       {"", R"("email":null)", R"("email":"")", R"("email":"  ")", R"("email":42)"}) {
    const Answer refused = create(trial, fields);
    EXPECT_EQ(refused.status, 422) << fields;
    EXPECT_EQ(refused.code(), "invalid_request_parameters");
    EXPECT_EQ(refused.at("/message"), "Validation failed");
    EXPECT_EQ(refused.inner_code(), "email_string_required");
    EXPECT_EQ(refused.at("/errors/0/message"), "Email should be a non-empty string.");
  }
  for (const char* email : {"nope", "@example.test", "a@", "a@b", "a b@example.test", "a@b@c.test",
                            "a@.test", "a@example..test", "a@-x.test"}) {
    EXPECT_EQ(create(trial, fmt::format(R"("email":"{}")", email)).status, 422) << email;
  }
  EXPECT_EQ(trial.count("users"), "0");
}

TEST(Users, OrdinaryAndOddEmailsAreTaken) {
  Trial trial;
  for (const char* email : {"a@b.test", "a+tag@example.test", "o'neil@example.test",
                            "first.last@sub.example.test", "ü@bücher.test", "a_b-c@x1.test"}) {
    EXPECT_EQ(create(trial, fmt::format(R"("email":"{}")", email)).status, 201) << email;
  }
}

TEST(Users, ExternalIdsAreOneTo128AsciiCharacters) {  // 24
  Trial trial;
  const auto with = [&](std::string_view id) {
    static int number = 0;
    return create(trial,
                  fmt::format(R"("email":"u{}@example.test","external_id":"{}")", ++number, id))
        .status;
  };
  EXPECT_EQ(with(std::string(128, 'x')), 201);
  EXPECT_EQ(with(std::string(129, 'x')), 422);
  EXPECT_EQ(with("é"), 422);
  EXPECT_EQ(with(""), 422);
  EXPECT_EQ(with("auth0|123 #?/"), 201);
  EXPECT_EQ(create(trial, R"("email":"n@example.test","external_id":7)").status, 422);
}

TEST(Users, MetadataValuesAreTexts) {  // 25
  Trial trial;
  for (const char* metadata :
       {R"({"n":1})", R"({"n":true})", R"({"n":{}})", R"({"n":[]})", "[]", R"("x")", "7"}) {
    const Answer refused =
        create(trial, fmt::format(R"("email":"a@example.test","metadata":{})", metadata));
    EXPECT_EQ(refused.status, 422) << metadata;
    EXPECT_EQ(refused.inner_code(), "metadata_required");
  }
}

std::string pairs(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += fmt::format(R"({}"k{}":"v")", i > 0 ? "," : "", i);
  return text + "}";
}

TEST(Users, MetadataIsLimited) {  // 26
  Trial trial;
  const auto with = [&](const std::string& metadata) {
    static int number = 0;
    return create(trial,
                  fmt::format(R"("email":"m{}@example.test","metadata":{})", ++number, metadata));
  };
  EXPECT_EQ(with(pairs(50)).status, 201);
  EXPECT_EQ(with(pairs(51)).code(), "invalid_metadata");
  EXPECT_EQ(with(pairs(51)).status, 400);
  EXPECT_EQ(with(fmt::format(R"({{"{}":"v"}})", std::string(40, 'k'))).status, 201);
  EXPECT_EQ(with(fmt::format(R"({{"{}":"v"}})", std::string(41, 'k'))).code(), "invalid_metadata");
  EXPECT_EQ(with(fmt::format(R"({{"k":"{}"}})", std::string(600, 'v'))).status, 201);
  EXPECT_EQ(with(fmt::format(R"({{"k":"{}"}})", std::string(601, 'v'))).code(), "invalid_metadata");
  EXPECT_EQ(with(R"({"k":null,"l":"v"})").at("/metadata"), R"({"l":"v"})");
  Trial strict({.metadata_max_pairs = 10});
  EXPECT_EQ(create(strict, R"("email":"a@example.test","metadata":)" + pairs(11)).code(),
            "invalid_metadata");
}

TEST(Users, NullsCountAsAbsent) {  // 106
  Trial trial;
  const Answer made =
      create(trial, R"("email":"n@example.test","password":null,"password_hash":null,)"
                    R"("password_hash_type":null,"email_verified":null,"first_name":null,)"
                    R"("external_id":null,"metadata":null)");
  EXPECT_EQ(made.status, 201) << made.reply.body;
  EXPECT_EQ(made.at("/email_verified"), "false");
  EXPECT_EQ(made.at("/metadata"), "{}");
}

TEST(Users, UnknownFieldsAreIgnoredUnlessStrict) {  // 107
  Trial trial;
  EXPECT_EQ(create(trial, R"("email":"a@example.test","colour":"red")").status, 201);
  Trial strict({.strict_fields = true});
  const Answer refused = create(strict, R"("email":"a@example.test","colour":"red")");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.inner_code(), "unknown_field");
  EXPECT_EQ(create(strict, R"("email":"a@example.test","metadata":{},"signals_id":"s")").status,
            201);
}

TEST(Users, AreReadByIdAndByExternalId) {  // 37, 40
  Trial trial;
  const Answer made = create(trial, R"("email":"a@example.test","external_id":"x")");
  EXPECT_EQ(trial.get(at(made.id())).reply.body, made.reply.body);
  EXPECT_EQ(trial.get(at("external_id/x")).reply.body, made.reply.body);
  const Answer missing = trial.get(at("user_nope"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.code(), "entity_not_found");
  EXPECT_EQ(missing.at("/message"), "User not found: 'user_nope'.");
  EXPECT_EQ(missing.at("/entity_id"), "user_nope");
  EXPECT_EQ(trial.get(at("external_id/y")).code(), "entity_not_found");
  EXPECT_EQ(trial.get(at("external_id/X")).status, 404);
}

TEST(Users, ExternalIdsOfAnyCharactersAreFoundByTheirEncodedPath) {  // 38, 39
  Trial trial;
  create(trial, R"("email":"a@example.test","external_id":"auth0|123")");
  EXPECT_EQ(trial.get(at("external_id/auth0|123")).status, 200);
  EXPECT_EQ(trial.get(at("external_id/auth0%7C123")).status, 200);
  create(trial, R"("email":"b@example.test","external_id":"a/b c?d#")");
  EXPECT_EQ(trial.get(at("external_id/a%2Fb%20c%3Fd%23")).at("/email"), "b@example.test");
  EXPECT_EQ(trial.get(at("external_id/a/b")).status, 404);
  create(trial, R"("email":"c@example.test","external_id":"a%2Fb")");
  EXPECT_EQ(trial.get(at("external_id/a%252Fb")).at("/email"), "c@example.test");
  create(trial, R"("email":"d@example.test","external_id":"external_id")");
  EXPECT_EQ(trial.get(at("external_id/external_id")).at("/email"), "d@example.test");
}

TEST(Users, AreListedNewestFirstTenAtATime) {  // 41
  Trial trial;
  for (int i = 0; i < 12; ++i) trial.user(fmt::format("u{}@example.test", i));
  const Answer list = trial.get(Trial::kUsers);
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.at("/object"), "list");
  EXPECT_EQ(list.size(), 10U);
  EXPECT_EQ(list.at("/data/0/email"), "u11@example.test");
  EXPECT_EQ(list.at("/list_metadata/before"), "null");
  EXPECT_EQ(list.at("/list_metadata/after"), list.at("/data/9/id"));
}

TEST(Users, AreFoundByEmailWhateverItsCase) {  // 42
  Trial trial;
  trial.user("ada@example.test");
  trial.user("a+b@example.test");
  const auto found = [&](std::string_view email) {
    return trial.get(fmt::format("{}?email={}", Trial::kUsers, email)).column("email");
  };
  EXPECT_THAT(found("ADA@example.test"), ElementsAre("ada@example.test"));
  EXPECT_THAT(found("ada%40example.test"), ElementsAre("ada@example.test"));
  EXPECT_THAT(found("a%2Bb@example.test"), ElementsAre("a+b@example.test"));
  EXPECT_THAT(found("nobody@example.test"), IsEmpty());
  EXPECT_EQ(trial.get("/user_management/users?email=nobody@example.test").status, 200);
}

TEST(Users, OfAnOrganizationAreItsActiveMembers) {  // 43
  Trial trial;
  const std::string ada = trial.user("ada@example.test");
  const std::string bob = trial.user("bob@example.test");
  trial.user("cy@example.test");
  const std::string org = trial.organization("Org");
  trial.join(bob, org);
  const std::string membership = trial.join(ada, org).id();
  const auto members = [&](std::string_view filter) {
    return trial.get(fmt::format("{}?{}={}", Trial::kUsers, filter, org)).column("email");
  };
  EXPECT_THAT(members("organization_id"), ElementsAre("bob@example.test", "ada@example.test"));
  EXPECT_THAT(members("organization"), ElementsAre("bob@example.test", "ada@example.test"));
  trial.put(fmt::format("{}/{}/deactivate", Trial::kMemberships, membership));
  EXPECT_THAT(members("organization_id"), ElementsAre("bob@example.test"));
  EXPECT_THAT(members("email=bob@example.test&organization_id"), ElementsAre("bob@example.test"));
  EXPECT_THAT(members("email=ada@example.test&organization_id"), IsEmpty()) << "nor by address";
  EXPECT_THAT(members("email=cy@example.test&organization_id"), IsEmpty());
  EXPECT_EQ(trial.get("/user_management/users?organization_id=org_nope").status, 422);
}

TEST(Users, AnUpdateChangesOnlyWhatItNames) {  // 44
  Trial trial;
  const Answer made = create(
      trial, R"("email":"a@example.test","last_name":"Li","external_id":"x","metadata":{"a":"1"})");
  const Answer updated = trial.put(at(made.id()), R"({"first_name":"Ada"})");
  EXPECT_EQ(updated.status, 200);
  boost::json::object before = made.body.as_object();
  boost::json::object after = updated.body.as_object();
  EXPECT_GT(after["updated_at"].as_string(), before["updated_at"].as_string());
  before["updated_at"] = after["updated_at"];
  before["first_name"] = "Ada";
  EXPECT_EQ(before, after);
  EXPECT_EQ(trial.get(at(made.id())).reply.body, updated.reply.body);
}

TEST(Users, MetadataIsMergedAndNullDrops) {  // 45
  Trial trial;
  const std::string id =
      create(trial, R"("email":"a@example.test","metadata":{"a":"1","b":"1","c":"1"})").id();
  EXPECT_EQ(trial.put(at(id), R"({"metadata":{"a":"2","b":null}})").at("/metadata"),
            R"({"a":"2","c":"1"})");
  EXPECT_EQ(trial.put(at(id), R"({"metadata":{"z":null}})").at("/metadata"),
            R"({"a":"2","c":"1"})");
  EXPECT_EQ(trial.put(at(id), R"({"metadata":{}})").at("/metadata"), "{}");
  trial.put(at(id), R"({"metadata":{"a":"1"}})");
  EXPECT_EQ(trial.put(at(id), R"({"metadata":null})").at("/metadata"), "{}");
}

TEST(Users, MetadataBeyondTheLimitAfterAMergeChangesNothing) {
  Trial trial;
  const std::string id = create(trial, R"("email":"a@example.test","metadata":)" + pairs(50)).id();
  const std::string before = trial.get(at(id)).reply.body;
  EXPECT_EQ(trial.put(at(id), R"({"first_name":"X","metadata":{"one_more":"v"}})").code(),
            "invalid_metadata");
  EXPECT_EQ(trial.get(at(id)).reply.body, before);
}

TEST(Users, AnUpdateToATakenEmailIsRefusedAtTheTop) {  // 46
  Trial trial;
  const std::string ada = trial.user("ada@example.test");
  trial.user("bob@example.test");
  const Answer refused = trial.put(at(ada), R"({"email":"BOB@example.test"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "email_not_available");
  EXPECT_EQ(refused.at("/errors"), "");
  EXPECT_EQ(trial.put(at(ada), R"({"email":"ada@example.test"})").status, 200);
}

TEST(Users, AnUpdateToATakenExternalIdIsRefusedAtTheTop) {  // 47
  Trial trial;
  const std::string ada = create(trial, R"("email":"a@example.test","external_id":"a")").id();
  create(trial, R"("email":"b@example.test","external_id":"b")");
  const Answer refused = trial.put(at(ada), R"({"external_id":"b"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "external_id_already_used");
  EXPECT_EQ(trial.put(at(ada), R"({"external_id":"a"})").status, 200);
  EXPECT_EQ(trial.put(at(ada), R"({"external_id":null})").at("/external_id"), "null");
  EXPECT_EQ(trial.get(at("external_id/a")).status, 404);
  EXPECT_EQ(trial.put(at(ada), R"({"external_id":"c"})").status, 200);
  EXPECT_EQ(trial.get(at("external_id/c")).id(), ada);
}

TEST(Users, AChangedEmailIsFoundAndTheOldOneIsFree) {  // 48
  Trial trial;
  const std::string id = trial.user("old@example.test");
  EXPECT_EQ(trial.put(at(id), R"({"email":"New@example.test"})").at("/email"), "new@example.test");
  EXPECT_EQ(trial.get("/user_management/users?email=new@example.test").size(), 1U);
  EXPECT_EQ(trial.get("/user_management/users?email=old@example.test").size(), 0U);
  EXPECT_EQ(create(trial, R"("email":"old@example.test")").status, 201);
}

TEST(Users, WrongUpdatesAreRefused) {
  Trial trial;
  const std::string id = trial.user("a@example.test");
  EXPECT_EQ(trial.put(at(id), R"({"email":"nope"})").code(), "invalid_email");
  EXPECT_EQ(trial.put(at(id), R"({"email":null})").status, 422);
  EXPECT_EQ(trial.put(at(id), R"({"first_name":null})").status, 422);
  EXPECT_EQ(trial.put(at(id), R"({"locale":"not a locale"})").code(), "invalid_locale");
  EXPECT_EQ(trial.put(at(id), R"({"locale":"en-GB"})").at("/locale"), "en-GB");
  EXPECT_EQ(trial.put(at(id), R"({"locale":null})").at("/locale"), "null");
}

TEST(Users, AnUnknownUserCannotBeChangedOrDeleted) {  // 49, 51
  Trial trial;
  EXPECT_EQ(trial.put(at("user_nope"), "{}").code(), "entity_not_found");
  EXPECT_EQ(trial.del(at("user_nope")).status, 404);
}

TEST(Users, ADeletedUserLeavesNothingBehind) {  // 50
  Trial trial;
  const std::string id = create(trial, R"("email":"a@example.test","external_id":"x")").id();
  const std::string org = trial.organization("Org");
  trial.join(id, org);
  const Answer deleted = trial.del(at(id));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.reply.body, "");
  EXPECT_EQ(deleted.reply.content_type, "");
  EXPECT_EQ(trial.get(at(id)).status, 404);
  EXPECT_EQ(trial.count("organization_memberships"), "0");
  EXPECT_EQ(trial.get(fmt::format("{}?organization_id={}", Trial::kMemberships, org)).size(), 0U);
  const Answer again = create(trial, R"("email":"a@example.test","external_id":"x")");
  EXPECT_EQ(again.status, 201);
  EXPECT_NE(again.id(), id);
}

TEST(Users, IdentitiesAreABareArray) {  // 51
  Trial trial;
  const std::string id = trial.user("a@example.test");
  EXPECT_EQ(trial.get(at(id + "/identities")).reply.body, "[]");
  EXPECT_EQ(trial.get(at("user_nope/identities")).status, 404);
}

}  // namespace
}  // namespace usher::sandbox
