// SPDX-License-Identifier: Apache-2.0
// Passwords: which combinations are taken, and that an imported hash signs its owner in. The hashes
// were computed from the documented constructions. Numbers are the contract's statements.
#include "sandbox/authenticate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPassword = "Correct-Horse-7!";
constexpr std::string_view kBcrypt = "$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS";
constexpr std::string_view kSalted = "$AAECAwQFBgcICQoLDA0ODw$";

Answer create(Trial& trial, std::string_view fields) {
  return trial.post(Trial::kUsers, fmt::format(R"({{"email":"ada@example.test",{}}})", fields));
}

std::string hash(std::string_view type, std::string_view text) {
  return fmt::format(R"("password_hash_type":"{}","password_hash":"{}")", type, text);
}

Answer sign_in(Trial& trial, std::string_view password) {
  return trial.post("/user_management/authenticate",
                    fmt::format(R"({{"grant_type":"password","email":"Ada@example.test",)"
                                R"("password":"{}","client_id":"client_x"}})",
                                password));
}

struct Vector {
  std::string_view type;
  std::string hash;
  std::string_view more = "";
};

std::vector<Vector> vectors() {
  const std::string salt(kSalted);
  return {
      {"bcrypt", std::string(kBcrypt)},
      {"scrypt", "$scrypt$v=1$n=16384,r=8,p=1,kl=64" + salt +
                     "DhaD9rOiEqflZDp3UMTqtWPlbcO9ZXHyGChr5MizmM2ExKzKxf/"
                     "x5rMSIU7ql42FmoieVlNbj9w/P0mLSCRnzg"},
      {"pbkdf2",
       "$pbkdf2$i=600000,d=sha256" + salt + "DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/ITxM"},
      {"ssha", "{SSHA}8D1Q6omsb8s5S/F+dwfa2ngqTLgAAQIDBAUGBw=="},
      {"ssha256", "{SSHA256}9vVUGwrs3qWHXSVeJHPPFRtQ73xNIPo2ogc0GSboDbgAAQIDBAUGBw=="},
      {"ssha256", "{SSHA256}ZT3SNB5wP2ypVUPhYMsZ9HJMO9zcjBqtxQ12StgxhN4AAQIDBAUGBw==",
       R"(,"password_salt_position":"prefix")"},
      {"firebase-scrypt",
       "$firebase-scrypt$r=8,m=14,sk="
       "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v"
       "MDEyMzQ1Njc4OTo7PD0+Pw,ss=Qvc" +
           salt +
           "BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLXrjxo21YYh/"
           "GIZoGe1FQfwL0Fkd6tl+SbNBFJBjv1YFg"},
  };
}

TEST(SignIn, EveryImportedHashSignsItsOwnerInAndNobodyElse) {  // 27, 36
  for (const Vector& vector : vectors()) {
    SCOPED_TRACE(std::string(vector.type) + std::string(vector.more));
    Trial trial;
    const Answer made = create(trial, hash(vector.type, vector.hash) + std::string(vector.more));
    ASSERT_EQ(made.status, 201) << made.reply.body;
    const Answer signed_in = sign_in(trial, kPassword);
    EXPECT_EQ(signed_in.status, 200);
    EXPECT_EQ(signed_in.at("/user/id"), made.id());
    EXPECT_NE(signed_in.at("/access_token"), "");
    EXPECT_THAT(signed_in.reply.body, Not(HasSubstr("password_hash")));
    const Answer refused = sign_in(trial, "wrong");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "invalid_credentials");
  }
}

TEST(SignIn, AClearOneSignsInToo) {
  Trial trial;
  EXPECT_EQ(create(trial, R"("password":"Correct-Horse-7!")").status, 201);
  EXPECT_EQ(sign_in(trial, kPassword).status, 200);
  EXPECT_EQ(sign_in(trial, "").status, 400);
}

TEST(SignIn, NobodyWithoutOneSignsIn) {
  Trial trial;
  EXPECT_EQ(sign_in(trial, kPassword).status, 400);
  create(trial, R"("first_name":"Ada")");
  EXPECT_EQ(sign_in(trial, "").status, 400);
  EXPECT_EQ(trial.post("/user_management/authenticate", R"({"grant_type":"odd"})").status, 400);
}

TEST(SignIn, AnUpdateReplacesTheHash) {
  Trial trial;
  const std::string id = create(trial, R"("password":"Another-Horse-8!")").id();
  trial.put("/user_management/users/" + id, fmt::format("{{{}}}", hash("bcrypt", kBcrypt)));
  EXPECT_EQ(sign_in(trial, kPassword).status, 200);
  EXPECT_EQ(sign_in(trial, "Another-Horse-8!").status, 400);
}

TEST(SignIn, SigningInIsLimitedPerAddress) {
  Trial trial({.limits = {.rate = Limiter::Options::Rate::real}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sign_in(trial, "wrong").status, 400);
  const Answer refused = sign_in(trial, "wrong");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "60");
  trial.pass(std::chrono::seconds(60));
  EXPECT_EQ(sign_in(trial, "wrong").status, 400);
}

TEST(SignIn, SigningInTakesTheKeyFromTheBodyToo) {
  Trial trial;
  trial.key = "";
  const auto with = [&](std::string_view secret) {
    return trial
        .post("/user_management/authenticate",
              fmt::format(R"({{"grant_type":"password","client_secret":"{}"}})", secret))
        .status;
  };
  EXPECT_EQ(with("sk_x"), 400);
  EXPECT_EQ(with("nonsense"), 401);
  EXPECT_EQ(trial.post("/user_management/authenticate", "nonsense").status, 401);
}

TEST(SignIn, HashesOutOfRangeAreRefused) {  // 28, 29, 30
  const auto refused = [](std::string_view type, const std::string& text) {
    Trial trial;
    const Answer answer = create(trial, hash(type, text));
    EXPECT_EQ(trial.count("users"), answer.status == 201 ? "1" : "0");
    return answer.status == 400 && answer.code() == "invalid_password_hash";
  };
  const std::string salt(kSalted);
  const std::string digest32 = salt + "DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/ITxM";
  EXPECT_TRUE(refused("pbkdf2", "$pbkdf2$i=599999,d=sha256" + digest32));
  EXPECT_FALSE(refused("pbkdf2", "$pbkdf2$i=210000,d=sha512" + digest32));
  EXPECT_TRUE(refused("pbkdf2", "$pbkdf2$i=1000001,d=sha256" + digest32));
  EXPECT_FALSE(refused("argon2", "$argon2id$v=19$m=65536,t=3,p=4" + digest32));
  for (const char* head : {"$argon2id$v=16$m=65536,t=3,p=4", "$argon2id$v=19$m=4095,t=3,p=4",
                           "$argon2id$v=19$m=65536,t=6,p=4", "$argon2id$v=19$m=65536,t=3,p=9",
                           "$argon2i$v=19$m=65536,t=2,p=4"}) {
    EXPECT_TRUE(refused("argon2", head + digest32)) << head;
  }
  EXPECT_TRUE(refused("scrypt", "$scrypt$v=1$n=16384,r=8,p=1,kl=64" + digest32));
  EXPECT_TRUE(refused("bcrypt", ""));
  EXPECT_TRUE(refused("bcrypt", "plain"));
}

TEST(SignIn, CombinationsThatExcludeEachOtherAreRefused) {  // 31, 32, 33, 34, 35
  Trial trial;
  const std::string clear = R"("password":"Correct-Horse-7!")";
  const auto code = [&](const std::string& fields) {
    const Answer answer = create(trial, fields);
    return fmt::format("{} {}", answer.status, answer.code());
  };
  EXPECT_EQ(code(clear + "," + hash("bcrypt", kBcrypt)), "400 password_and_password_hash_provided");
  EXPECT_EQ(code(clear + R"(,"password_hash_type":"bcrypt")"),
            "400 password_and_password_hash_type_provided");
  EXPECT_EQ(code(R"("password_salt_position":"suffix")"),
            "400 password_salt_position_requires_password_hash");
  const std::string invalid = "422 invalid_request_parameters";
  EXPECT_EQ(code(hash("bcrypt", kBcrypt) + R"(,"password_salt_position":"suffix")"), invalid);
  EXPECT_EQ(code(hash("md5", "x")), invalid);
  EXPECT_EQ(code(R"("password_hash":"x")"), invalid);
  EXPECT_EQ(code(R"("password_hash_type":"bcrypt")"), invalid);
  EXPECT_EQ(code(R"("password":7)"), invalid);
  const Answer weak = create(trial, R"("password":"abc")");
  EXPECT_EQ(weak.status, 400);
  EXPECT_EQ(weak.code(), "password_strength_error");
  EXPECT_NE(weak.inner_code(), "");
  EXPECT_EQ(trial.count("users"), "0");
}

TEST(EmailVerification, IsSentToTheUnverifiedThreeTimesAMinute) {
  Trial trial({.limits = {.rate = Limiter::Options::Rate::real}});
  const std::string path = "/user_management/users/" + trial.user("ada@example.test");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(trial.post(path + "/email_verification/send", "{}").at("/user/email"),
              "ada@example.test");
  }
  EXPECT_EQ(trial.post(path + "/email_verification/send", "{}").status, 429);
  trial.put(path, R"({"email_verified":true})");
  EXPECT_EQ(trial.post(path + "/email_verification/send", "{}").code(), "email_already_verified");
  EXPECT_EQ(trial.get(path + "/sessions").size(), 0U);
}

}  // namespace
}  // namespace usher::sandbox
