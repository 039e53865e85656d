// SPDX-License-Identifier: Apache-2.0
// How long an import will take, in whole numbers that a person can plan with. The formula is that
// of the seed, from what an API at ease answers; where the rate that may be used is slower than the
// formula, the rate counts, and is named. Pure. Tested by estimate_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "model/policy.h"

namespace usher {

// What is to be made, when none of it is there yet.
struct Work {
  std::uint64_t rows = 0;
  std::uint64_t users = 0;
  std::uint64_t memberships = 0;
  std::uint64_t organizations = 0;      // looked up
  std::uint64_t new_organizations = 0;  // of them those that may be made

  [[nodiscard]] std::uint64_t writes() const { return users + memberships + new_organizations; }
};

struct Estimate {
  double by_formula = 0;  // seconds: rows / (20 * concurrency / 10 * workers)
  double by_limits = 0;   // seconds that the rate limits take at least
  std::string limit;      // the one that makes by_limits the longer: "WorkOS allows 50 writes ..."

  [[nodiscard]] double seconds() const { return by_limits > by_formula ? by_limits : by_formula; }
  // "~33 minutes", and in brackets what makes it longer than the formula.
  [[nodiscard]] std::string in_words() const;
};

[[nodiscard]] Estimate estimate(const Work& work, std::int64_t concurrency, std::int64_t workers,
                                RateLimit rate);

// "~50 seconds", "~8 minutes", "~1 hour 7 minutes", "~5 days 19 hours": rounded to the nearest.
[[nodiscard]] std::string about(double seconds);

}  // namespace usher
