// SPDX-License-Identifier: Apache-2.0
// The keys of a row's steps: hashes of what each step makes, under the job's own key, so that the
// store names nobody. Rows that make the same thing have the same key. Tested by keys_test.cc.
#pragma once

#include <cstdint>

#include "base/hash.h"
#include "model/step_record.h"
#include "model/user_row.h"

namespace usher {

struct RowKeys {
  Key user;                    // user/<e-mail, lower case>
  Key organization;            // org/<how named>/<value>; zero without one
  Key membership;              // member/<e-mail>/<organization>; zero without one
  std::uint64_t identity = 0;  // digest of the external id; 0: none
  std::uint64_t profile = 0;   // digest of everything else about the person
  std::uint64_t roles = 0;     // digest of the set of roles
};

[[nodiscard]] RowKeys make_keys(const Hasher& hasher, const UserRow& row);
[[nodiscard]] Key organization_key(const Hasher& hasher, const OrgRef& organization);

// Of everything a row asks for: two rows with the same digest ask for the same.
[[nodiscard]] std::uint64_t content_digest(const Hasher& hasher, const RowKeys& keys,
                                           const UserRow& row);

}  // namespace usher
