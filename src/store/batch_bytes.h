// SPDX-License-Identifier: Apache-2.0
// What has become of the items of a batch, as bytes in the file of a job. A room's secret: only
// src/store includes it. Tested by batch_bytes_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/customer.h"
#include "store/cause_book.h"

namespace usher {

// One item, without its cause.
namespace item_byte {
inline constexpr unsigned kOutcome = 7;
inline constexpr unsigned kBegun = 8;
inline constexpr unsigned kMaybe = 16;
inline constexpr unsigned kInvalid = 32;  // failed, because the check turned it down

[[nodiscard]] unsigned char pack(const customers::ItemState& state);
// Nothing: no byte of ours.
[[nodiscard]] std::optional<customers::ItemState> unpack(unsigned char byte);
void count(customers::ItemCounts& counts, unsigned char byte);
}  // namespace item_byte

struct BatchBytes {
  std::string items;                // a byte each
  std::vector<CauseNumber> causes;  // as many
};

// Whether an item in this state has a cause.
[[nodiscard]] inline bool has_cause(customers::Outcome outcome) {
  return outcome == customers::Outcome::failed || outcome == customers::Outcome::unconfirmed;
}

// "" when there is none. Nearly always all items of a batch that have one have the same.
[[nodiscard]] std::string pack_causes(const BatchBytes& batch);
// Nothing: no bytes of ours. `batch.items` is there already.
[[nodiscard]] std::optional<std::vector<CauseNumber>> unpack_causes(std::string_view bytes,
                                                                    std::string_view items);

}  // namespace usher
