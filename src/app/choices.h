// SPDX-License-Identifier: Apache-2.0
// What an operator asks for, in words, turned into what a run obeys; every combination that cannot
// be meant is refused here, for all faces alike, before anything is read or sent. Pure. Tested by
// choices_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "model/policy.h"
#include "model/user_row.h"

namespace usher {

struct OrgChoice {
  std::string id;
  std::string external_id;
  std::string name;
  bool create_if_missing = false;
};
// The organization of a single-org run; by == none when nothing was chosen.
[[nodiscard]] Result<OrgRef> choose_organization(const OrgChoice& choice);

// Errors of these complete "--rate-limit ".
[[nodiscard]] Result<RateLimit> parse_rate_limit(std::string_view text);  // real, off or a number
[[nodiscard]] Result<Existing> parse_existing(std::string_view text);     // link, fail or update

// A key that can stand in a header; its text is not part of the error.
[[nodiscard]] Status check_api_key(const Secret& key);

}  // namespace usher
