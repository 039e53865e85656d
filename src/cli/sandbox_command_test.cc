// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using Rate = sandbox::Limiter::Options::Rate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct SandboxStage : Stage {
  std::vector<sandbox::Options> served;
  std::uint16_t port = 0;

  SandboxStage() {
    around.serve_sandbox = [this](sandbox::Options options,
                                  const sandbox::Serving& serving) -> Status {
      served.push_back(std::move(options));
      port = serving.port;
      serving.on_ready(serving.port == 0 ? 4711 : serving.port);
      return {};
    };
  }
};

TEST(SandboxCommand, SaysWhereItIsInItsFirstLine) {
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox", "--port", "0"}), 0);
  EXPECT_THAT(stage.out.text,
              StartsWith("usher sandbox: http://127.0.0.1:4711  (key: any sk_...)\n"));
  EXPECT_EQ(stage.port, 0);
}

TEST(SandboxCommand, TakesTheKeysThatAreGivenAndNoOthers) {
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox", "--api-key", "sk_a", "--api-key", "it's"}), 0);
  EXPECT_THAT(stage.served.at(0).api_keys, ::testing::ElementsAre("sk_a", "it's"));
  EXPECT_THAT(stage.out.text, HasSubstr("  (key: one of 2)\n"));
  EXPECT_THAT(stage.out.text, HasSubstr("WORKOS_SECRET_KEY=sk_a usher"));
  EXPECT_EQ(stage.run({"sandbox", "--api-key", "it's"}), 0);
  EXPECT_THAT(stage.out.text, HasSubstr("  (key: the one given)\n"));
  for (const char* bad : {"", "sk a", "sk\n", "sk_\xC3\xA9"}) {
    EXPECT_EQ(stage.run({"sandbox", "--api-key", bad}), 2) << bad;
  }
  EXPECT_EQ(stage.served.size(), 2U);
}

TEST(SandboxCommand, IsAsStrictAsTheRealApiByDefault) {
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox"}), 0);
  ASSERT_EQ(stage.served.size(), 1U);
  EXPECT_EQ(stage.port, 4100);
  EXPECT_EQ(stage.served[0].limits.rate, Rate::real);
  EXPECT_THAT(stage.served[0].faults.faults(), IsEmpty());
}

TEST(SandboxCommand, PassesEveryFlagOn) {
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox",
                       "--rate-limit",
                       "50",
                       "--scale",
                       "0.5",
                       "--window",
                       "fixed",
                       "--retry-after",
                       "date",
                       "--latency",
                       "60-100",
                       "--fault",
                       "commit_then_cut=0.25",
                       "--fault",
                       "throttle=0.5",
                       "--seed",
                       "7",
                       "--multiple-roles",
                       "--domain-unique",
                       "--single-totp",
                       "--strict-fields",
                       "--strict-single-role-array",
                       "--lenient-pages",
                       "--duplicate-membership-status",
                       "422",
                       "--idempotency",
                       "off",
                       "--email-case",
                       "preserve"}),
            0)
      << stage.err.text;
  ASSERT_EQ(stage.served.size(), 1U);
  const sandbox::Options& options = stage.served[0];
  EXPECT_EQ(options.limits.rate, Rate::flat);
  EXPECT_EQ(options.limits.flat_per_second, 50U);
  EXPECT_DOUBLE_EQ(options.limits.scale, 0.5);
  EXPECT_EQ(options.limits.window, sandbox::Window::fixed);
  EXPECT_EQ(options.retry_after, sandbox::RetryAfter::http_date);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_TRUE(options.multiple_roles);
  EXPECT_TRUE(options.domain_unique);
  EXPECT_TRUE(options.single_totp);
  EXPECT_TRUE(options.strict_fields);
  EXPECT_TRUE(options.strict_single_role_array);
  EXPECT_TRUE(options.lenient_pages);
  EXPECT_EQ(options.duplicate_membership_status, 422);
  EXPECT_EQ(options.idempotency, sandbox::Idempotency::off);
  EXPECT_EQ(options.email_case, sandbox::EmailCase::preserve);
  ASSERT_EQ(options.faults.faults().size(), 3U);
  const auto& latency = options.faults.faults()[2].kind == sandbox::FaultKind::latency
                            ? options.faults.faults()[2]
                            : options.faults.faults()[0];
  EXPECT_EQ(latency.delay, std::chrono::milliseconds{60});
  EXPECT_EQ(latency.jitter, std::chrono::milliseconds{40});
}

TEST(SandboxCommand, TellsEveryMistakeInOneLine) {
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{"--port", "65536"}, "--port must be a whole number from 0 to 65535"},
      {{"--rate-limit", "0"}, "--rate-limit must be real, off, or requests per second"},
      {{"--scale", "0"}, "--scale must be a number from 0.001 to 1000"},
      {{"--scale", "nan"}, "--scale must be a number from 0.001 to 1000"},
      {{"--window", "round"}, "--window must be one of fixed, sliding, token-bucket"},
      {{"--latency", "100-60"}, "--latency must be milliseconds"},
      {{"--latency", "-5"}, "--latency must be milliseconds"},
      {{"--latency", "1-2-3"}, "--latency must be milliseconds"},
      {{"--fault", "flood=0.1"}, "--fault: no fault is called \"flood\""},
      {{"--fault", "throttle=2"}, "--fault throttle: \"2\" is not a probability"},
      {{"--faults", "/nonexistent/faults.json"}, "/nonexistent/faults.json: cannot open"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.error);
    SandboxStage stage;
    std::vector<std::string> words = {"sandbox"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    EXPECT_EQ(run_program(words, stage.around), 2);
    EXPECT_THAT(stage.err.text, StartsWith("usher sandbox: " + one.error));
    EXPECT_THAT(stage.served, IsEmpty());
  }
}

TEST(SandboxCommand, ReadsAFileOfFaults) {
  const ScratchFolder folder;
  const std::string path =
      folder.write("f.json", R"({"seed": 3, "faults": [{"kind": "throttle", "every": 10}]})");
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox", "--faults", path, "--fault", "cut_body"}), 0) << stage.err.text;
  ASSERT_EQ(stage.served.size(), 1U);
  EXPECT_EQ(stage.served[0].faults.faults().size(), 2U);
  folder.write("f.json", "{");
  SandboxStage broken;
  EXPECT_EQ(broken.run({"sandbox", "--faults", path}), 2);
  EXPECT_THAT(broken.err.text, HasSubstr(path + ": "));
}

TEST(SandboxCommand, EndsWithTwoWhenItCannotListen) {
  SandboxStage stage;
  stage.around.serve_sandbox = [](const sandbox::Options&, const sandbox::Serving&) -> Status {
    return fail("127.0.0.1:4100: cannot listen: Address already in use", "choose another --port");
  };
  EXPECT_EQ(stage.run({"sandbox"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher sandbox: 127.0.0.1:4100: cannot listen: Address already in use\n"
            "  choose another --port\n");
}

TEST(SandboxCommand, HasNoLimitsAsAStub) {
  SandboxStage stage;
  EXPECT_EQ(stage.run({"sandbox", "--stub"}), 0);
  EXPECT_TRUE(stage.served[0].stub);
  EXPECT_EQ(stage.served[0].limits.rate, Rate::off);
}

}  // namespace
}  // namespace usher::cli
