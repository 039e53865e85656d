// SPDX-License-Identifier: Apache-2.0
#include "cli/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Credentials : public ::testing::Test {
 protected:
  void SetUp() override {
    stage_.environment.clear();
    stage_.around.folder = folder_.path();
  }
  void write_dotenv(std::string_view text) { folder_.write(".env", text); }
  [[nodiscard]] std::string key() const {
    const auto found = Settings(stage_.around).api_key("usher import-users");
    return found ? std::string(found->reveal()) : "error: " + found.error().line();
  }
  [[nodiscard]] std::string url(const std::string& given = {}, bool allow_http = false) const {
    const auto found = Settings(stage_.around).api_url(given, allow_http);
    return found ? *found : "error: " + found.error().line();
  }

  Stage stage_;
  ScratchFolder folder_;
};

TEST_F(Credentials, ComeFromTheEnvironmentFirst) {
  write_dotenv("WORKOS_SECRET_KEY=sk_file\n");
  EXPECT_EQ(key(), "sk_file");
  stage_.environment["WORKOS_SECRET_KEY"] = " sk_environment ";
  EXPECT_EQ(key(), "sk_environment");
  stage_.environment["WORKOS_SECRET_KEY"] = "  ";
  EXPECT_EQ(key(), "sk_file");
}

TEST_F(Credentials, SayHowToSetAMissingKey) {
  EXPECT_THAT(key(), StartsWith("error: WORKOS_SECRET_KEY is missing\n"));
  EXPECT_THAT(key(), HasSubstr("WORKOS_SECRET_KEY=sk_test_123 usher import-users"));
  EXPECT_THAT(key(), HasSubstr("echo 'WORKOS_SECRET_KEY=sk_test_123' > .env"));
  write_dotenv("WORKOS_SECRET_KEY=''\n");
  EXPECT_THAT(key(), StartsWith("error: WORKOS_SECRET_KEY is missing\n"));
}

TEST_F(Credentials, NameTheLineOfDotenvThatWasNotUnderstood) {
  write_dotenv("A=1\nWORKOS_SECRET_KEY: sk_test\n");
  EXPECT_THAT(key(), HasSubstr("Not understood in .env: line 2: no = after the name"));
}

TEST_F(Credentials, NeverPrintABadKey) {
  stage_.environment["WORKOS_SECRET_KEY"] = "sk_swordfish and more";
  EXPECT_THAT(key(), StartsWith("error: WORKOS_SECRET_KEY holds"));
  EXPECT_THAT(key(), Not(HasSubstr("swordfish")));
}

TEST_F(Credentials, ChooseTheUrlFromFlagEnvironmentFileAndDefault) {
  EXPECT_EQ(url(), "https://api.workos.com");
  write_dotenv("WORKOS_API_URL=http://127.0.0.1:1/\n");
  EXPECT_EQ(url(), "http://127.0.0.1:1");
  stage_.environment["WORKOS_API_URL"] = "http://127.0.0.1:2";
  EXPECT_EQ(url(), "http://127.0.0.1:2");
  EXPECT_EQ(url("http://127.0.0.1:3"), "http://127.0.0.1:3");
  EXPECT_THAT(url("nonsense"), StartsWith("error: the API address"));
  stage_.environment["WORKOS_API_URL"] = "ftp://x";
  EXPECT_THAT(url(), StartsWith("error: the API address"));
}

TEST_F(Credentials, DoNotTravelInTheClearByAccident) {
  EXPECT_THAT(url("http://api.example.com"), HasSubstr("unencrypted"));
  EXPECT_THAT(url("http://api.example.com"), HasSubstr("--allow-http"));
  EXPECT_EQ(url("http://api.example.com", true), "http://api.example.com");
}

TEST_F(Credentials, SayThatDotenvIsAFolderOnlyWhenTheKeyIsMissing) {
  std::filesystem::create_directory(folder_.at(".env"));
  EXPECT_THAT(key(), HasSubstr("WORKOS_SECRET_KEY is missing, and .env is a folder, not a file\n"));
  EXPECT_THAT(key(), Not(HasSubstr("> .env")));
  stage_.environment["WORKOS_SECRET_KEY"] = "sk_environment";
  EXPECT_EQ(key(), "sk_environment");
}

}  // namespace
}  // namespace usher::cli
