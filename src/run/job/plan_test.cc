// SPDX-License-Identifier: Apache-2.0
#include "run/job/plan.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "run/sample_failure.h"

namespace usher::job {
namespace {

Plan sample_plan() {
  Plan plan;
  plan.id = "spring";
  plan.created = kSampleMoment;
  plan.csv = {"/data/users.csv", "9f2c", 1234};
  plan.role_mapping = {"/data/roles.csv", "77aa", 12};
  plan.mode = Mode::single_org;
  plan.chunk_size = 500;
  plan.workers = 3;
  plan.hash_key = "0123abcd";
  plan.options.csv = plan.csv.path;
  plan.options.role_mapping = plan.role_mapping.path;
  plan.options.single_org = {OrgRef::By::external_id, "acme \"x\"", "Acme", true};
  plan.options.concurrency = 17;
  plan.options.require_membership = true;
  plan.options.existing = Existing::update;
  plan.options.rate_limit = {RateLimit::Kind::per_second, 50};
  plan.options.api_url = "http://127.0.0.1:4100";
  plan.options.timeout = std::chrono::seconds{5};
  plan.options.api_key = Secret(std::string("sk_test_never_kept"));
  return plan;
}

TEST(Plan, ReadsBackWhatItWroteButForTheKey) {
  const std::string text = to_json(sample_plan());
  EXPECT_EQ(text.find("sk_test"), std::string::npos);
  const auto read = parse_plan(text);
  ASSERT_TRUE(read) << read.error().line();
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->options.single_org, sample_plan().options.single_org);
  EXPECT_EQ(read->options.timeout, std::chrono::seconds{5});
  EXPECT_EQ(read->created, kSampleMoment);
}

TEST(Plan, OfEveryTruncationIsRefused) {
  const std::string text = to_json(sample_plan());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_plan(text.substr(0, size))) << size;
  }
}

TEST(Plan, OfANewerFormatNamesTheVersionAsTheWayOut) {
  std::string text = to_json(sample_plan());
  text.replace(text.find("\"format\":1"), 10, "\"format\":2");
  const auto read = parse_plan(text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().next.find("version"), std::string::npos);
}

Status override_one(const std::string& option, const UserImportOptions& typed, Plan& plan,
                    int workers = 1, std::uint32_t chunk_size = 1000) {
  return override_options(plan, typed, workers, chunk_size, {option});
}

TEST(Overriding, TakesOverWhatMayChangeFromRunToRun) {
  Plan plan = sample_plan();
  UserImportOptions typed;
  typed.concurrency = 40;
  typed.rate_limit = {RateLimit::Kind::off, 0};
  typed.timeout = std::chrono::seconds{9};
  typed.csv = "repaired.csv";
  EXPECT_TRUE(override_options(
      plan, typed, 4, 1000, {"--concurrency", "--rate-limit", "--timeout", "--csv", "--workers"}));
  EXPECT_EQ(plan.options.concurrency, 40);
  EXPECT_EQ(plan.options.rate_limit.kind, RateLimit::Kind::off);
  EXPECT_EQ(plan.options.timeout, std::chrono::seconds{9});
  EXPECT_EQ(plan.options.csv, "repaired.csv");
  EXPECT_EQ(plan.workers, 4);
  EXPECT_TRUE(plan.options.require_membership);
}

TEST(Overriding, LeavesWhatWasNotTyped) {
  Plan plan = sample_plan();
  const std::string before = to_json(plan);
  EXPECT_TRUE(override_options(plan, {}, 9, 777, {}));
  EXPECT_EQ(to_json(plan), before);
}

TEST(Overriding, RefusesWhatWouldChangeTheMeaningOfTheJob) {
  for (const char* option : {"--org-id", "--org-name", "--org-external-id", "--existing",
                             "--api-url", "--chunk-size", "--dry-run"}) {
    Plan plan = sample_plan();
    UserImportOptions typed;
    typed.single_org = {OrgRef::By::id, "org_other", "", false};
    typed.existing = Existing::fail;
    typed.api_url = "http://127.0.0.1:9";
    typed.dry_run = true;
    const Status done = override_one(option, typed, plan);
    ASSERT_FALSE(done) << option;
    EXPECT_NE(done.error().next.find("--job-id"), std::string::npos) << option;
  }
  Plan plan = sample_plan();
  plan.options.require_membership = false;
  EXPECT_FALSE(override_one("--require-membership", {}, plan));
}

TEST(Overriding, AcceptsTheSameAgain) {
  Plan plan = sample_plan();
  const UserImportOptions typed = plan.options;
  EXPECT_TRUE(
      override_options(plan, typed, 3, 500,
                       {"--org-external-id", "--org-name", "--create-org-if-missing", "--existing",
                        "--api-url", "--chunk-size", "--require-membership"}));
}

TEST(Fingerprint, IsOfTheBytesAndAbsolute) {
  const ScratchFolder folder;
  const auto one = fingerprint(folder.write("a.csv", "email\na@example.com\n"));
  const auto same = fingerprint(folder.write("b.csv", "email\na@example.com\n"));
  const auto other = fingerprint(folder.write("c.csv", "email\na@example.com"));
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(one->sha256, same->sha256);
  EXPECT_NE(one->sha256, other->sha256);
  EXPECT_EQ(one->bytes, 20U);
  EXPECT_TRUE(one->path.starts_with('/'));
}

TEST(Fingerprint, RefusesWhatCannotBeReadAgain) {
  const ScratchFolder folder;
  EXPECT_FALSE(fingerprint("/dev/stdin"));
  EXPECT_FALSE(fingerprint(folder.path()));
  EXPECT_FALSE(fingerprint(folder.at("missing.csv")));
}

}  // namespace
}  // namespace usher::job
