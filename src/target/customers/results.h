// SPDX-License-Identifier: Apache-2.0
// What a 2xx of the customer API says of each item that was sent. The API promises no order and
// names an item only by what was sent or known of it, so results are paired:
//
//   1. by id        customerId or householdId; a number that is written like the id counts too
//   2. by username  of an item without one, its default e-mail
//   3. by e-mail    the default one
//   4. by position  what is left on both sides, when it is equally many and no pair contradicts
//                   itself by an id, a username or an e-mail
//
// Each item is used once, in the order sent; nothing else of an item (cards, names) names it. An
// item that the answer calls arrived and not arrived has not arrived. An item without a result, or
// whose result has no code, is `none`: never a success. Tested by results_test.cc; fuzzed by
// tests/fuzz/results_fuzz.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/customer.h"

namespace usher::customers {

struct ItemResult {
  enum class Kind : std::uint8_t {
    none,
    arrived,    // SUCCESS, OK, IMPORTED, ACCEPTED, CREATED, UPDATED, DELETED
    temporary,  // FAILED: a time-out or an outage behind the API; may be sent again
    conflict,   // CONFLICT
    not_found,  // NOT_FOUND
    failed,     // ERROR, and whatever is not known
  } kind = Kind::none;
  std::string code;     // as sent, fit to be shown; empty with none and arrived
  std::string message;  // of the item, which the API's contract does not have; mostly empty
};

struct Results {
  bool readable = false;          // JSON with a list of results
  std::vector<ItemResult> items;  // as many as were sent, in their order
};

// The list is looked for under data, households, customers, results, customerResults, or is the
// whole body; the first that is not empty counts.
[[nodiscard]] Results read_results(std::string_view body, std::span<const Identity> sent);

}  // namespace usher::customers
