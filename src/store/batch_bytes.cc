// SPDX-License-Identifier: Apache-2.0
#include "store/batch_bytes.h"

namespace usher {

using customers::Cause;
using customers::ItemCounts;
using customers::ItemState;
using customers::Outcome;

namespace item_byte {

unsigned char pack(const ItemState& state) {
  unsigned byte = static_cast<unsigned>(state.outcome);
  if (state.begun) byte |= kBegun;
  if (state.maybe) byte |= kMaybe;
  const bool invalid = state.outcome == Outcome::failed && state.cause != nullptr &&
                       state.cause->kind == Cause::Kind::invalid;
  if (invalid) byte |= kInvalid;
  return static_cast<unsigned char>(byte);
}

std::optional<ItemState> unpack(unsigned char byte) {
  const unsigned outcome = byte & kOutcome;
  if (outcome > static_cast<unsigned>(Outcome::unconfirmed)) return std::nullopt;
  if ((byte & ~(kOutcome | kBegun | kMaybe | kInvalid)) != 0) return std::nullopt;
  ItemState state;
  state.outcome = static_cast<Outcome>(outcome);
  state.begun = (byte & kBegun) != 0;
  state.maybe = (byte & kMaybe) != 0;
  return state;
}

void count(ItemCounts& counts, unsigned char byte) {
  const auto state = unpack(byte & ~kInvalid & 0xFFU);
  if (!state) return;  // said when it is read
  customers::count(counts, *state);
  if (state->outcome == Outcome::failed && (byte & kInvalid) != 0) ++counts.invalid;
}

}  // namespace item_byte

namespace {

bool item_has_cause(char byte) {
  return has_cause(static_cast<Outcome>(static_cast<unsigned char>(byte) & item_byte::kOutcome));
}

void append(std::string& bytes, CauseNumber number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xFFU);
  }
}

CauseNumber number_at(std::string_view bytes, std::size_t index) {
  CauseNumber number = 0;
  for (const char byte : bytes.substr(index * 4, 4)) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

std::string pack_causes(const BatchBytes& batch) {
  CauseNumber one = 0;
  bool same = true;
  bool first = true;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    if (!item_has_cause(batch.items[i])) continue;
    if (first) one = batch.causes[i];
    first = false;
    same = same && batch.causes[i] == one;
  }
  std::string bytes;
  if (same) {
    if (one != 0) append(bytes, one);
    return bytes;
  }
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    append(bytes, item_has_cause(batch.items[i]) ? batch.causes[i] : 0);
  }
  return bytes;
}

std::optional<std::vector<CauseNumber>> unpack_causes(std::string_view bytes,
                                                      std::string_view items) {
  std::vector<CauseNumber> causes(items.size(), 0);
  if (bytes.empty()) return causes;
  const bool one = bytes.size() == 4;
  if (!one && bytes.size() != items.size() * 4) return std::nullopt;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (item_has_cause(items[i])) causes[i] = number_at(bytes, one ? 0 : i);
  }
  return causes;
}

}  // namespace usher
