// SPDX-License-Identifier: Apache-2.0
// One known hash per type (plain text Correct-Horse-7!, salt bytes 00 01 02 ...) that must fit and
// must fit nothing else; then what is not well-formed, by changing and cutting those hashes
// everywhere.
#include "sandbox/passwords.h"

#include <array>
#include <string>
#include <vector>

#include <argon2.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher::sandbox {
namespace {

constexpr std::string_view kPassword = "Correct-Horse-7!";

struct Vector {
  std::string type = {};
  std::string hash = {};
  SaltPosition salt = SaltPosition::suffix;
};

std::string known_argon2(argon2_type type, std::uint32_t passes, std::uint32_t memory,
                         std::uint32_t lanes) {
  std::string salt;
  for (char byte = 0; byte < 16; ++byte) salt.push_back(byte);
  std::array<char, 256> encoded{};
  EXPECT_EQ(argon2_hash(passes, memory, lanes, kPassword.data(), kPassword.size(), salt.data(),
                        salt.size(), nullptr, 32, encoded.data(), encoded.size(), type,
                        ARGON2_VERSION_13),
            ARGON2_OK);
  return encoded.data();
}

const std::string kFirebaseKey =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw";
const std::string kFirebaseDigest =
    "BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLXrjxo21YYh/GIZoGe1FQfwL0Fkd6tl+SbNBFJBjv1YFg";

std::vector<Vector> vectors() {
  const std::string salt = "AAECAwQFBgcICQoLDA0ODw";
  return {
      {"bcrypt", "$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS"},
      {"scrypt", "$scrypt$v=1$n=16384,r=8,p=1,kl=64$" + salt +
                     "$DhaD9rOiEqflZDp3UMTqtWPlbcO9ZXHyGChr5MizmM2ExKzKxf/x5rMSIU7ql42FmoieVlNb"
                     "j9w/P0mLSCRnzg"},
      {"pbkdf2",
       "$pbkdf2$i=600000,d=sha256$" + salt + "$DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/ITxM"},
      {"argon2", known_argon2(Argon2_id, 1, 4096, 1)},
      {"ssha", "{SSHA}8D1Q6omsb8s5S/F+dwfa2ngqTLgAAQIDBAUGBw=="},
      {"ssha256", "{SSHA256}9vVUGwrs3qWHXSVeJHPPFRtQ73xNIPo2ogc0GSboDbgAAQIDBAUGBw=="},
      {"ssha256",
       "{SSHA256}ZT3SNB5wP2ypVUPhYMsZ9HJMO9zcjBqtxQ12StgxhN4AAQIDBAUGBw==", SaltPosition::prefix},
      {"firebase-scrypt",
       "$firebase-scrypt$r=8,m=14,sk=" + kFirebaseKey + ",ss=Qvc$" + salt + "$" + kFirebaseDigest},
  };
}

bool fits(const Vector& vector, std::string_view password) {
  return verify_password(vector.type, vector.hash, vector.salt, password);
}

TEST(Passwords, FitTheKnownHashOfEveryType) {
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.hash);
    EXPECT_TRUE(is_hash_type(vector.type));
    EXPECT_EQ(check_hash(vector.type, vector.hash), "");
    EXPECT_TRUE(fits(vector, kPassword));
  }
}

TEST(Passwords, FitNothingButTheRightPassword) {
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.hash);
    using namespace std::string_literals;
    for (const auto& wrong :
         {""s, "correct-horse-7!"s, "Correct-Horse-7"s, "Correct-Horse-7! "s, " Correct-Horse-7!"s,
          "Correct-Horse-7!\0"s, "Correct-Horse-7!\0x"s}) {
      EXPECT_FALSE(fits(vector, wrong)) << printable(wrong);
    }
  }
}

TEST(Passwords, OfManyKilobytesAreNotTried) {
  for (const auto& vector : vectors()) {
    EXPECT_FALSE(fits(vector, std::string(1 << 20, 'x'))) << vector.type;
  }
}

TEST(Passwords, TellTheTwoSaltPositionsOfSsha256Apart) {
  for (auto vector : vectors()) {
    if (vector.type != "ssha256") continue;
    const bool prefix = vector.salt == SaltPosition::prefix;
    vector.salt = prefix ? SaltPosition::suffix : SaltPosition::prefix;
    EXPECT_FALSE(fits(vector, kPassword));
  }
}

TEST(Passwords, DoNotFitWhenTheSaltOrDigestIsAnother) {
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.type);
    for (const std::size_t back : {std::size_t{6}, std::size_t{12}}) {
      auto other = vector;
      auto& letter = other.hash[other.hash.size() - back];
      letter = letter == 'A' ? 'B' : 'A';
      EXPECT_FALSE(fits(other, kPassword));
    }
  }
}

TEST(Passwords, TakeEveryBcryptPrefixThatMeansTheSame) {
  const std::string rest = "10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS";
  for (const std::string prefix : {"$2a$", "$2b$", "$2y$"}) {
    EXPECT_EQ(check_hash("bcrypt", prefix + rest), "") << prefix;
    EXPECT_TRUE(verify_password("bcrypt", prefix + rest, SaltPosition::suffix, kPassword));
  }
  for (const std::string prefix : {"$2x$", "$2$", "$1$", "$2c$", "2b$", "$2B$"}) {
    EXPECT_NE(check_hash("bcrypt", prefix + rest), "") << prefix;
    EXPECT_FALSE(verify_password("bcrypt", prefix + rest, SaltPosition::suffix, kPassword));
  }
}

TEST(Passwords, TakeAllThreeArgon2s) {
  for (const auto type : {Argon2_id, Argon2_i, Argon2_d}) {
    const auto hash = known_argon2(type, 3, 4096, 2);
    SCOPED_TRACE(hash);
    EXPECT_EQ(check_hash("argon2", hash), "");
    EXPECT_TRUE(verify_password("argon2", hash, SaltPosition::suffix, kPassword));
    EXPECT_FALSE(verify_password("argon2", hash, SaltPosition::suffix, "another"));
  }
}

TEST(Passwords, TakeFirebaseHashesInBothLayoutsAndAnyParameterOrder) {
  const std::string salt = "AAECAwQFBgcICQoLDA0ODw";
  const std::string key = "sk=" + kFirebaseKey;
  const std::string tail = "$" + salt + "$" + kFirebaseDigest;
  const std::vector<std::string> all = {
      "$firebase-scrypt$m=14,r=8," + key + ",ss=Qvc" + tail,
      "$firebase-scrypt$ss=Qvc," + key + ",r=8,m=14" + tail,
      "$firebase-scrypt$" + key + "==,ss=Qvc=,m=14,r=8$" + salt + "==$" + kFirebaseDigest + "==",
      "$firebase-scrypt$hash=" + kFirebaseDigest + "==$salt=" + salt + "==$" + key +
          "==$ss=Qvc=$r=8$m=14",
      "$firebase-scrypt$m=14$r=8$ss=Qvc$" + key + "$salt=" + salt + "$hash=" + kFirebaseDigest,
  };
  for (const auto& hash : all) {
    SCOPED_TRACE(hash);
    EXPECT_EQ(check_hash("firebase-scrypt", hash), "");
    EXPECT_TRUE(verify_password("firebase-scrypt", hash, SaltPosition::suffix, kPassword));
    EXPECT_FALSE(verify_password("firebase-scrypt", hash, SaltPosition::suffix, "another"));
  }
}

TEST(Hashes, AreRefusedWhenCutAnywhere) {
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.hash);
    // Cutting a digest of free length can leave a shorter digest; only the parameters fix a length.
    const bool free_digest =
        vector.type == "pbkdf2" || vector.type == "argon2" || vector.type.starts_with("ssha");
    const auto last_fixed = vector.type.starts_with("ssha") ? vector.hash.find('}') + 1 + 28
                            : free_digest                   ? vector.hash.rfind('$') + 2
                                                            : vector.hash.size();
    for (std::size_t length = 0; length < last_fixed; ++length) {
      EXPECT_NE(check_hash(vector.type, vector.hash.substr(0, length)), "") << length;
    }
  }
}

TEST(Hashes, AreRefusedWithBytesThatDoNotBelong) {
  for (const auto& vector : vectors()) {
    for (std::size_t at = 0; at < vector.hash.size(); ++at) {
      for (const char byte : {'\0', ' ', '\n', '!', '\xc3', '_'}) {
        auto hash = vector.hash;
        hash[at] = byte;
        EXPECT_NE(check_hash(vector.type, hash), "") << vector.type << " at " << at;
      }
    }
    EXPECT_NE(check_hash(vector.type, vector.hash + "$"), "");
    EXPECT_NE(check_hash(vector.type, vector.hash + "\n"), "");
    EXPECT_NE(check_hash(vector.type, " " + vector.hash), "");
    EXPECT_NE(check_hash(vector.type, std::string(1 << 20, '$')), "");
  }
}

TEST(Hashes, AreRefusedUnderAnotherTypesName) {
  for (const auto& vector : vectors()) {
    for (const auto& other : vectors()) {
      if (other.type == vector.type) continue;
      EXPECT_NE(check_hash(other.type, vector.hash), "") << other.type << " " << vector.type;
      EXPECT_FALSE(verify_password(other.type, vector.hash, vector.salt, kPassword));
    }
  }
  for (const std::string_view type : {"", "md5", "BCRYPT", "okta-bcrypt", "argon2id", "sha256"}) {
    EXPECT_FALSE(is_hash_type(type)) << type;
    EXPECT_NE(check_hash(type, vectors().front().hash), "");
    EXPECT_FALSE(verify_password(type, vectors().front().hash, SaltPosition::suffix, kPassword));
  }
}

struct Range {
  std::string type = {};
  std::string good = {};
  std::vector<std::pair<std::string, std::string>> changes =
      {};  // text in `good` and its successor
  bool accepted = false;
};

// Each change is made to the good hash on its own.
TEST(Hashes, AreTakenExactlyWithinThePublishedRanges) {
  const auto all = vectors();
  const auto& scrypt = all[1].hash;
  const auto& pbkdf2 = all[2].hash;
  const auto& firebase = all[7].hash;
  const std::string argon2 = "$argon2id$v=19$m=4096,t=3,p=1$AAECAwQFBgc$AAECAwQFBgcICQoLDA0ODw";
  const std::string i = "i=600000,d=sha256";
  const std::vector<Range> ranges = {
      {"bcrypt", all[0].hash, {{"$10$", "$04$"}, {"$10$", "$31$"}}, true},
      {"bcrypt", all[0].hash, {{"$10$", "$03$"}, {"$10$", "$32$"}, {"$10$", "$1a$"}}, false},
      {"scrypt", scrypt, {{"n=16384", "n=2"}, {"r=8", "r=1"}, {"n=16384", "n=1048576"}}, true},
      {"scrypt",
       scrypt,
       {{"n=16384", "n=16383"},
        {"n=16384", "n=1"},
        {"n=16384", "n=0"},
        {"r=8", "r=0"},
        {"p=1", "p=0"},
        {"kl=64", "kl=63"},
        {"kl=64", "kl=32"},
        {"v=1", "v=2"},
        {",p=1", ""},
        {"n=16384", "n=016384"},
        {"n=16384", "n=+16384"},
        {"n=16384", "n="},
        {"n=16384", "n=99999999999999999999"},
        {"r=8,p=1", "r=1048576,p=1048576"}},
       false},
      {"pbkdf2",
       pbkdf2,
       {{i, "i=1000000,d=sha256"}, {i, "i=210000,d=sha512"}, {i, "d=sha256,i=600000"}},
       true},
      {"pbkdf2",
       pbkdf2,
       {{i, "i=599999,d=sha256"},
        {i, "i=1000001,d=sha256"},
        {i, "i=209999,d=sha512"},
        {i, "i=1000001,d=sha512"},
        {i, "i=600000,d=sha1"},
        {i, "i=600000"},
        {i, "d=sha256"},
        {i, i + ",i=600000"},
        {i, i + ",x=1"}},
       false},
      {"argon2",
       argon2,
       {{"m=4096", "m=262144"},
        {"t=3", "t=1"},
        {"t=3", "t=5"},
        {"p=1", "p=8"},
        {"argon2id", "argon2i"},
        {"argon2id", "argon2d"},
        {"argon2id$v=19$m=4096,t=3", "argon2d$v=19$m=4096,t=1"}},
       true},
      {"argon2",
       argon2,
       {{"v=19", "v=16"},
        {"m=4096", "m=4095"},
        {"m=4096", "m=262145"},
        {"t=3", "t=0"},
        {"t=3", "t=6"},
        {"p=1", "p=0"},
        {"p=1", "p=9"},
        {"argon2id", "argon2"},
        {"v=19$", ""},
        {"m=4096,t=3", "t=3,m=4096"},
        {"t=3,p=1", "p=1,t=3"},
        {"argon2id$v=19$m=4096,t=3", "argon2i$v=19$m=4096,t=2"},
        {"AAECAwQFBgc$", "AAECAwQF$"}},
       false},
      {"firebase-scrypt", firebase, {{"m=14", "m=1"}, {"r=8", "r=1"}, {"ss=Qvc", "ss="}}, true},
      {"firebase-scrypt",
       firebase,
       {{"m=14", "m=15"},
        {"m=14", "m=0"},
        {"r=8", "r=9"},
        {"r=8", "r=0"},
        {",ss=Qvc", ""},
        {"ss=Qvc", "ss=Qvc,salt=AAEC"},
        {"r=8", "r=8,r=8"},
        {"sk=AAEC", "sk="}},
       false},
  };
  for (const auto& range : ranges) {
    for (const auto& [before, after] : range.changes) {
      auto hash = range.good;
      ASSERT_NE(hash.find(before), std::string::npos) << before;
      hash.replace(hash.find(before), before.size(), after);
      SCOPED_TRACE(hash);
      const auto complaint = check_hash(range.type, hash);
      EXPECT_EQ(complaint.empty(), range.accepted) << complaint;
    }
  }
}

TEST(Hashes, ThatWouldCostTooMuchAreNotTried) {
  const std::string tail = "$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw";
  for (const std::string parameters : {"n=4294967296,r=8,p=1", "n=1048576,r=1024,p=1",
                                       "n=2,r=1048576,p=8", "n=16384,r=1,p=1048576"}) {
    std::string hash = "$scrypt$v=1$";
    hash.append(parameters).append(",kl=16").append(tail);
    SCOPED_TRACE(hash);
    EXPECT_EQ(check_hash("scrypt", hash), "");
    EXPECT_FALSE(verify_password("scrypt", hash, SaltPosition::suffix, kPassword));
  }
  const std::string bcrypt = "$2b$31$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS";
  EXPECT_EQ(check_hash("bcrypt", bcrypt), "");
  EXPECT_FALSE(verify_password("bcrypt", bcrypt, SaltPosition::suffix, kPassword));
}

TEST(Hashes, ThatCostAsMuchAsIsAllowedAreTried) {
  // What OpenSSL makes of "password" and the salt 00 01 02 03 with N = 2^18, r = 8, p = 1.
  EXPECT_TRUE(verify_password("scrypt",
                              "$scrypt$v=1$n=262144,r=8,p=1,kl=16$AAECAw$Vsa4VYPBh85txLQQD4zMlA",
                              SaltPosition::suffix, "password"));
}

TEST(Hashes, AreNeverRepeatedInTheComplaint) {
  EXPECT_EQ(check_hash("bcrypt", "hunter2-in-the-wrong-column").find("hunter2"), std::string::npos);
  EXPECT_EQ(check_hash("scrypt", "$scrypt$v=1$hunter2$a$b").find("hunter2"), std::string::npos);
}

TEST(Passwords, InClearTextAreKeptAsAHashThatFits) {
  const auto hash = hash_password(kPassword);
  EXPECT_EQ(check_hash("bcrypt", hash), "");
  EXPECT_TRUE(verify_password("bcrypt", hash, SaltPosition::suffix, kPassword));
  EXPECT_FALSE(verify_password("bcrypt", hash, SaltPosition::suffix, "Correct-Horse-8!"));
  EXPECT_NE(hash_password(kPassword), hash) << "each with a salt of its own";
}

TEST(Passwords, WithANulAreKeptAsNothingThatFits) {
  using namespace std::string_literals;
  const auto hash = hash_password("Correct-Horse-7!\0rest"s);
  EXPECT_FALSE(verify_password("bcrypt", hash, SaltPosition::suffix, kPassword));
}

TEST(Passwords, NameTheRuleTheyBreak) {
  EXPECT_EQ(weak_password(kPassword), "");
  EXPECT_EQ(weak_password("abc"), "password_too_short password_too_weak");
  EXPECT_EQ(weak_password("abcdefghi"), "password_too_short");
  EXPECT_EQ(weak_password("aaaaaaaaaaaaaaaa"), "password_too_weak");
  EXPECT_EQ(weak_password("Password1234"), "password_pwned");
  EXPECT_EQ(weak_password("пароль"), "password_too_short");
  EXPECT_NE(weak_password(""), "");
}

}  // namespace
}  // namespace usher::sandbox
