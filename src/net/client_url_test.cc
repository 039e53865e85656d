// SPDX-License-Identifier: Apache-2.0
#include "net/client_url.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::net {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<BaseUrl> parse(const std::string& text) {
  return parse_base_url(text, Plaintext::loopback_only);
}

TEST(BaseUrl, IsKeptWithoutTheSlashAtItsEnd) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"https://api.workos.com", "https://api.workos.com"},
      {"https://api.workos.com/", "https://api.workos.com"},
      {"https://api.workos.com///", "https://api.workos.com"},
      {"HTTPS://api.workos.com", "https://api.workos.com"},
      {"https://api.example.com:8443/v1/", "https://api.example.com:8443/v1"},
      {"http://127.0.0.1:4100", "http://127.0.0.1:4100"},
      {"http://127.1:4100", "http://127.0.0.1:4100"},
      {"http://[::1]:4100/", "http://[::1]:4100"},
      {"http://LOCALHOST:4100", "http://LOCALHOST:4100"},
  };
  for (const auto& [given, kept] : cases) {
    const auto url = parse(given);
    ASSERT_TRUE(url) << given << ": " << url.error().line();
    EXPECT_EQ(url->text, kept);
  }
}

TEST(BaseUrl, KnowsThisMachine) {
  for (const char* host : {"127.0.0.1", "127.8.9.1", "0x7f.1", "localhost", "[::1]"}) {
    const auto url = parse(std::string("http://") + host + ":80/");
    ASSERT_TRUE(url) << url.error().line();
    EXPECT_TRUE(url->loopback) << host;
    EXPECT_FALSE(url->encrypted);
  }
  for (const char* host : {"api.workos.com", "128.0.0.1", "127.0.0.1.example.com",
                           "localhost.example.com", "127.example.com", "[::2]", "0.0.0.0"}) {
    const auto url = parse(std::string("https://") + host);
    ASSERT_TRUE(url) << url.error().line();
    EXPECT_FALSE(url->loopback) << host;
    EXPECT_TRUE(url->encrypted);
  }
}

TEST(BaseUrl, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "is empty"},
      {"  ", "is empty"},
      {"api.workos.com", "has no scheme"},
      {"localhost:4100", "has no scheme"},
      {"ftp://example.com", "begins with ftp://"},
      {"file:///etc/passwd", "begins with file://"},
      {"https://", "cannot be used"},
      {"https://?a=b", "cannot be used"},
      {"https://api.example.com?a=b", "has a query"},
      {"https://api.example.com/?", "has a query"},
      {"https://api.example.com/#top", "has a fragment"},
      {"https://api.example.com:0", "port 0"},
      {"https://api.example.com:65536", "cannot be used"},
      {"https://api.example.com:abc", "cannot be used"},
      {"https://api example.com", "cannot be used"},
      {"https://api.example.com/a\r\nX: y", "cannot be used"},
      {"https://[::1", "cannot be used"},
  };
  for (const auto& [given, said] : cases) {
    const auto url = parse(given);
    ASSERT_FALSE(url) << given;
    EXPECT_THAT(url.error().what, HasSubstr(said));
    EXPECT_THAT(url.error().what, HasSubstr("API address"));
    EXPECT_FALSE(url.error().next.empty()) << given;
    EXPECT_THAT(url.error().line(), Not(HasSubstr("\r")));
  }
}

TEST(BaseUrl, RefusesCredentialsWithoutShowingThem) {
  for (const char* given :
       {"https://somebody:opensesame@api.example.com", "https://opensesame@api.example.com",
        "ftp://somebody:opensesame@api.example.com", "https://a:opensesame@b@[::1",
        "somebody:opensesame@api.example.com", "https://:opensesame@api.example.com/#?"}) {
    const auto url = parse(given);
    ASSERT_FALSE(url) << given;
    EXPECT_THAT(url.error().line(), Not(HasSubstr("opensesame")));
    EXPECT_THAT(url.error().line(), Not(HasSubstr("somebody")));
  }
  EXPECT_TRUE(parse("https://api.example.com/users/@me"));
}

TEST(BaseUrl, SendsNoKeyUnencryptedUnlessAllowed) {
  const auto refused = parse("http://api.example.com:8080/v1");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("would send the API key unencrypted"));
  EXPECT_THAT(refused.error().what, HasSubstr("api.example.com:8080"));
  const auto allowed = parse_base_url("http://api.example.com:8080/v1", Plaintext::anywhere);
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->text, "http://api.example.com:8080/v1");
}

}  // namespace
}  // namespace usher::net
