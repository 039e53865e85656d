// SPDX-License-Identifier: Apache-2.0
// One made-up customer or household as JSON. Tested by generate_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"

namespace usher::customers {

// What is wrong with one, each seen by the check.
enum class Flaw : std::uint8_t {
  none,
  no_first_name,
  long_last_name,
  no_such_day,
  small_country,
  unknown_status,
  unnamed,
  same_id,
  no_card_number,
  no_change,
  household,  // among customers, and the other way round
};
inline constexpr std::uint8_t kFlaws = 10;  // without none

// `id`: of the customer; `earlier`: somebody's before, for same_id.
void append_customer(std::string& out, const std::string& id, const std::string& earlier, Flaw flaw,
                     Random& random);

// `members`: how many, from `first` on, with `prefix` before each number. Only unnamed, same_id
// and household apply.
struct Members {
  std::string prefix;
  std::uint64_t first = 0;
  std::uint64_t count = 1;
};
void append_household(std::string& out, const Members& members, const std::string& earlier,
                      Flaw flaw, Random& random);

}  // namespace usher::customers
