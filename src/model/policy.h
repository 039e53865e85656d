// SPDX-License-Identifier: Apache-2.0
// Choices of the operator that the engine and the targets obey. Plain values.
#pragma once

#include <cstdint>

namespace usher {

// What to do with a person who is already there (same e-mail, same or no external id).
enum class Existing {
  link,    // adopt unchanged; add what is missing (a membership, a role)
  fail,    // the row fails: "Email already exists"
  update,  // adopt, and write the profile fields that differ
};

struct RateLimit {
  enum class Kind { published, off, per_second } kind = Kind::published;
  std::uint32_t per_second = 0;  // with Kind::per_second: over all requests
};

}  // namespace usher
