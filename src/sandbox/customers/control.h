// SPDX-License-Identifier: Apache-2.0
// /_sandbox of the customer API: what has come, who is there, and their bytes. Tested by
// customer_api_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sandbox/counters.h"
#include "sandbox/customers/registry.h"
#include "sandbox/customers/tokens.h"
#include "sandbox/faults.h"

namespace usher::sandbox::customers {

struct Tally {
  explicit Tally(bool keep_texts) : customers(keep_texts), households(keep_texts) {}

  [[nodiscard]] Registry& of(ItemType type) {
    return type == ItemType::customers ? customers : households;
  }
  void count(const std::string& code) { ++by_result[code]; }

  Registry customers;
  Registry households;
  Counters requests{0};
  std::uint64_t received = 0;  // items
  std::map<std::string, std::uint64_t, std::less<>> by_result{};
  std::uint64_t tokens_refused = 0;
  std::uint64_t passports = 0;  // import requests with a GK-Passport
};

[[nodiscard]] net::Reply tell_state(const Tally& tally, const Tokens& tokens,
                                    const FaultPlan& faults);
// One line of JSON for everybody who was ever named, in the order they came; `texts`: with the
// bytes of each, else with their SHA-256 alone.
[[nodiscard]] net::Reply dump(const Tally& tally, bool texts);

}  // namespace usher::sandbox::customers
