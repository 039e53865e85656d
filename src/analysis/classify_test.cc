// SPDX-License-Identifier: Apache-2.0
#include "analysis/classify.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "analysis/sample_errors_test.h"

namespace usher::analysis {
namespace {

Verdict verdict_on(const SampleError& sample) {
  const std::string line = sample.line();
  ErrorRecord record;
  const auto problem = read_error(line, record);
  EXPECT_EQ(problem.value_or(""), "") << line;
  return classify(record);
}

struct Case {
  SampleError error;
  bool retryable = false;
  std::string_view reason;
  Severity severity = Severity::critical;
};

const std::vector<std::pair<std::string, std::string>> kOrgIdInExternalId = {
    {"email", "a@example.com"}, {"org_external_id", "org_qavBURnvu2Qi22kZ"}};

std::vector<Case> cases_with_a_status() {
  using S = Severity;
  return {
      {{.status = 429}, true, "rate_limit", S::low},
      {{.type = "org_resolution", .status = 429}, true, "rate_limit", S::low},
      {{.status = 408}, true, "request_timeout", S::medium},
      {{.type = "membership_create", .status = 425}, true, "request_timeout", S::medium},
      {{.status = 401}, true, "not_authorized", S::critical},
      {{.type = "org_resolution", .status = 403}, true, "not_authorized", S::critical},
      {{.status = 501}, false, "not_supported", S::high},
      {{.status = 505}, false, "not_supported", S::high},
      {{.type = "org_resolution", .status = 500}, true, "org_lookup_error", S::medium},
      {{.type = "membership_create", .status = 502},
       true,
       "membership_error_user_exists",
       S::medium},
      {{.status = 500}, true, "user_create_server_error", S::medium},
      {{.status = 502}, true, "user_create_server_error", S::medium},
      {{.type = "", .status = 503}, true, "server_error", S::medium},

      {{.type = "org_resolution", .status = 400, .code = "external_id_already_used"},
       false,
       "org_external_id_taken"},
      {{.type = "org_resolution", .status = 400, .row = kOrgIdInExternalId},
       false,
       "org_id_in_org_external_id"},
      {{.type = "org_resolution", .status = 404, .row = kOrgIdInExternalId},
       false,
       "org_id_in_org_external_id"},
      {{.type = "org_resolution", .status = 404}, false, "org_not_found"},
      {{.type = "org_resolution", .status = 400, .code = "entity_not_found"},
       false,
       "org_not_found"},
      {{.type = "org_resolution", .status = 422}, false, "org_resolution_error"},

  };
}

std::vector<Case> cases_of_memberships_and_users() {
  using S = Severity;
  return {
      {{.type = "membership_create", .status = 409}, false, "membership_duplicate", S::high},
      {{.type = "membership_create",
        .status = 400,
        .code = "organization_membership_already_exists"},
       false,
       "membership_duplicate",
       S::high},
      {{.type = "membership_create",
        .status = 400,
        .code = "cannot_reactivate_pending_organization_membership"},
       false,
       "membership_pending",
       S::high},
      {{.type = "membership_create", .status = 422, .code = "invalid_role"}, false, "role_invalid"},
      {{.type = "role_assignment", .status = 422, .code = "invalid_role"}, false, "role_invalid"},
      {{.type = "membership_create", .status = 404}, false, "membership_validation_error"},

      {{.status = 400, .code = "user_creation_error", .inner = {"email_not_available"}},
       false,
       "user_exists",
       S::high},
      {{.status = 400, .code = "email_not_available"}, false, "user_exists", S::high},
      {{.status = 409}, false, "user_exists", S::high},
      {{.status = 400, .code = "user_creation_error", .inner = {"external_id_already_used"}},
       false,
       "user_external_id_taken",
       S::high},
      {{.status = 400, .code = "password_strength_error"}, false, "password_too_weak"},
      {{.status = 400, .code = "invalid_password_hash"}, false, "password_hash_invalid"},
      {{.status = 400, .code = "invalid_metadata"}, false, "metadata_invalid"},
      {{.status = 422, .code = "invalid_request_parameters", .inner = {"email_required"}},
       false,
       "email_invalid"},
      {{.status = 400, .code = "user_creation_error"}, false, "user_create_validation_error"},
      {{.status = 422}, false, "user_create_validation_error"},

      {{.type = "", .status = 409}, false, "conflict_duplicate", S::high},
      {{.type = "", .status = 400}, false, "validation_error"},
      {{.type = "something", .status = 422}, false, "validation_error"},
      {{.type = "", .status = 404}, false, "unknown_non_retryable", S::low},
      {{.type = "", .status = 302}, false, "unknown_non_retryable", S::low},
  };
}

std::vector<Case> cases_without_a_status() {
  using S = Severity;
  return {
      // Ours: the line says it.
      {{.retryable = true}, true, "no_useful_answer", S::medium},
      {{.type = "org_resolution", .retryable = true}, true, "no_useful_answer", S::medium},
      {{.retryable = false}, false, "row_invalid"},
      {{.type = "org_resolution", .retryable = false}, false, "org_resolution_error"},
      {{.type = "membership_create", .retryable = false}, false, "membership_validation_error"},
      {{.retryable = false, .user_id = "user_1"}, false, "user_exists", S::high},
      // What the row shows.
      {{.email = "", .retryable = false}, false, "email_missing"},
      {{.email = "", .row = {{"email", "  "}}}, false, "email_missing"},
      {{.email = "ida"}, false, "email_invalid"},
      {{.row = {{"email", "a@example.com"}, {"metadata", "{'a': 1}"}}}, false, "metadata_invalid"},
      {{.row = {{"email", "a@example.com"}, {"password_hash", "••••••"}}},
       false,
       "password_hash_type_missing"},
      {{.row = {{"email", "a@example.com"}, {"org_id", "org_1"}, {"org_external_id", "acme"}}},
       false,
       "two_organizations"},
      {{.type = "org_resolution",
        .retryable = false,
        .row = {{"org_id", "org_1"}, {"org_external_id", "acme"}}},
       false,
       "two_organizations"},
      {{.type = "org_resolution", .row = kOrgIdInExternalId}, false, "org_id_in_org_external_id"},
      {{.type = "org_resolution", .org_external_id = "org_01HXYZABCDEFGHJKMNPQRSTVWX"},
       false,
       "org_id_in_org_external_id"},
      // Nothing to go by: not decided, so not retryable.
      {{}, false, kNotRecorded, S::high},
      {{.type = "org_resolution", .org_external_id = "acme"}, false, kNotRecorded},
      {{.type = ""}, false, kNotRecorded, S::high},
  };
}

void check(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.error.line());
    const Verdict verdict = verdict_on(one.error);
    EXPECT_EQ(verdict.retryable, one.retryable);
    EXPECT_EQ(verdict.reason, one.reason);
    EXPECT_EQ(to_string(verdict.severity), to_string(one.severity));
    EXPECT_EQ(verdict.strategy == Strategy::none, !one.retryable);
  }
}

TEST(Classify, DecidesByStatusAndCodes) {
  check(cases_with_a_status());
  check(cases_of_memberships_and_users());
}

TEST(Classify, DecidesWithoutAStatusByWhatTheLineSaysAndTheRowShows) {
  check(cases_without_a_status());
}

TEST(Classify, HasATestForEveryReason) {
  std::set<std::string_view> tested;
  for (const auto& cases :
       {cases_with_a_status(), cases_of_memberships_and_users(), cases_without_a_status()}) {
    for (const Case& one : cases) tested.insert(one.reason);
  }
  for (const std::string_view reason : reasons()) EXPECT_TRUE(tested.contains(reason)) << reason;
}

TEST(Classify, NeverReadsTheMessage) {
  for (const char* message : {"Rate limit exceeded (429)", "Organization not found", "timeout",
                              "Internal Server Error", "Email already exists"}) {
    EXPECT_EQ(verdict_on({.message = message}).reason, kNotRecorded);
    EXPECT_EQ(verdict_on({.message = message, .status = 422}).reason,
              "user_create_validation_error");
  }
}

TEST(Classify, NeverContradictsWhatTheLineSays) {
  for (const char* type : {"user_create", "membership_create", "org_resolution", "", "other"}) {
    for (int status = 0; status < 600; status += status == 0 ? 300 : 1) {
      for (const bool says : {true, false}) {
        const SampleError error{.type = type, .status = status, .retryable = says};
        ASSERT_EQ(verdict_on(error).retryable, says) << error.line();
      }
    }
  }
}

TEST(Classify, AsksToWaitWhereTheApiIsBusy) {
  const Verdict busy = verdict_on({.status = 429});
  EXPECT_EQ(to_string(busy.strategy), "with_backoff");
  EXPECT_EQ(busy.delay_ms, 5000);
  EXPECT_EQ(to_string(verdict_on({.status = 500}).strategy), "immediate");
  EXPECT_EQ(to_string(verdict_on({.status = 401}).strategy), "after_fix");
}

}  // namespace
}  // namespace usher::analysis
