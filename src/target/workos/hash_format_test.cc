// SPDX-License-Identifier: Apache-2.0
#include "target/workos/hash_format.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::workos {
namespace {

using testing::HasSubstr;

struct Sample {
  std::string type;
  std::string hash;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> kSamples = {
      {"bcrypt", "$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS"},
      {"bcrypt", "$2a$04$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS"},
      {"bcrypt", "$2y$31$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS"},
      {"scrypt",
       "$scrypt$v=1$n=16384,r=8,p=1,kl=64$AAECAwQFBgcICQoLDA0ODw$DhaD9rOiEqflZDp3UMTqtWPlbcO9ZXHyG"
       "Chr5MizmM2ExKzKxf/x5rMSIU7ql42FmoieVlNbj9w/P0mLSCRnzg"},
      {"pbkdf2",
       "$pbkdf2$i=600000,d=sha256$AAECAwQFBgcICQoLDA0ODw$DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/"
       "ITxM"},
      {"pbkdf2",
       "$pbkdf2$d=sha512,i=210000$AAECAwQFBgcICQoLDA0ODw$DCEEEKmDtuE8abyr16CTcguKIVNHpy/1rnvpSO/"
       "ITxM"},
      {"argon2", "$argon2id$v=19$m=4096,t=1,p=8$AAECAwQFBgcICQoLDA0ODw$DCEEEKmDtuE8abyr16CTcg"},
      {"argon2", "$argon2i$v=19$m=262144,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$DCEEEKmDtuE8abyr16CTcg"},
      {"ssha", "{SSHA}8D1Q6omsb8s5S/F+dwfa2ngqTLgAAQIDBAUGBw=="},
      {"ssha256", "{SSHA256}9vVUGwrs3qWHXSVeJHPPFRtQ73xNIPo2ogc0GSboDbgAAQIDBAUGBw=="},
      {"firebase-scrypt",
       "$firebase-scrypt$r=8,m=14,sk=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,ss=Qvc$"
       "AAECAwQFBgcICQoLDA0ODw$BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLU"},
      {"firebase-scrypt",
       "$firebase-scrypt$hash=BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLU=$salt="
       "AAECAwQFBgcICQoLDA0O"
       "Dw==$sk=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=$ss=Qvc=$r=8$m=14"},
  };
  return kSamples;
}

TEST(HashFormat, TakesEveryKnownForm) {
  for (const auto& [type, hash] : samples()) {
    EXPECT_EQ(hash_problem(type, hash).value_or(""), "") << type << " " << hash;
  }
}

TEST(HashFormat, RefusesEveryTruncationAndOtherType) {
  for (const auto& [type, hash] : samples()) {
    for (std::size_t length = 0; length < hash.size(); ++length) {
      const auto problem = hash_problem(type, hash.substr(0, length));
      // A shorter digest can be a digest where nothing says its length.
      const bool open_ended = type != "bcrypt" && type != "scrypt" && length + 44 > hash.size();
      EXPECT_TRUE(problem || open_ended) << type << " cut to " << length;
    }
    for (const auto& other : samples()) {
      if (other.type != type) {
        EXPECT_TRUE(hash_problem(type, other.hash)) << type << " " << other.type;
      }
    }
  }
}

TEST(HashFormat, NeverRepeatsTheHash) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    auto [type, hash] = samples()[random.below(samples().size())];
    hash[random.below(hash.size())] = static_cast<char>(' ' + random.below(95));
    if (random.chance(0.5)) hash.erase(random.below(hash.size()), 1);
    const auto problem = hash_problem(type, hash);
    if (!problem) continue;
    for (std::size_t at = hash.rfind('$') + 1; at + 12 < hash.size(); ++at) {
      EXPECT_EQ(problem->find(hash.substr(at, 12)), std::string::npos) << *problem;
    }
  }
}

TEST(HashFormat, SaysTheLimitAndTheNextStep) {
  const std::string bcrypt = "abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS";
  const std::string tail = "$AAECAwQFBgcICQoLDA0ODw$DCEEEKmDtuE8abyr16CTcg";
  const std::tuple<std::string, std::string, std::string> table[] = {
      {"bcrypt", "$2b$03$" + bcrypt, "a cost outside 4 to 31"},
      {"bcrypt", "$2b$32$" + bcrypt, "a cost outside 4 to 31"},
      {"bcrypt", "$2x$10$" + bcrypt, "no bcrypt hash"},
      {"bcrypt", "$2b$-4$" + bcrypt, "no bcrypt hash"},
      {"scrypt", "$scrypt$v=1$n=14,r=8,p=1,kl=16" + tail, "not a power of two"},
      {"scrypt", "$scrypt$v=1$n=16384,r=8,p=1,kl=17" + tail,
       "says kl=17 but its hash has 16 bytes"},
      {"pbkdf2", "$pbkdf2$i=599999,d=sha256" + tail, "iterations outside 600,000 to 1,000,000"},
      {"pbkdf2", "$pbkdf2$i=209999,d=sha512" + tail, "iterations outside 210,000 to 1,000,000"},
      {"pbkdf2", "$pbkdf2$i=1000001,d=sha512" + tail, "outside"},
      {"pbkdf2", "$pbkdf2$i=600000,d=sha1" + tail, "only sha256 and sha512"},
      {"argon2", "$argon2id$v=19$m=4095,t=1,p=1" + tail, "m outside 4,096 to 262,144"},
      {"argon2", "$argon2i$v=19$m=4096,t=2,p=1" + tail, "t outside 3 to 5"},
      {"argon2", "$argon2id$v=19$m=4096,t=1,p=9" + tail, "p outside 1 to 8"},
      {"argon2", "$argon2id$v=16$m=4096,t=1,p=1" + tail, "no argon2 hash"},
      {"md5", "0123456789abcdef0123456789abcdef", "let the person reset the password"},
      {"okta-bcrypt", "$2b$10$" + bcrypt, "write bcrypt"},
      {"auth0", "$2b$10$" + bcrypt, "write bcrypt"},
      {"BCrypt", "$2b$10$" + bcrypt, "has to be written \"bcrypt\""},
      {"argon2id", "x", "has to be written \"argon2\""},
      {"rot13", "x", "bcrypt, scrypt, pbkdf2, argon2, ssha, ssha256, firebase-scrypt"},
  };
  for (const auto& [type, hash, part] : table) {
    EXPECT_THAT(hash_problem(type, hash).value_or("no problem"), HasSubstr(part)) << type << hash;
  }
}

}  // namespace
}  // namespace usher::workos
