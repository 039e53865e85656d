// SPDX-License-Identifier: Apache-2.0
// A target's ids in few bytes. Nearly all are a known prefix and a ULID, `user_01H...`: 31
// characters that say 17 bytes. Whatever is not exactly of that form stays as it is, so that every
// id comes back byte for byte. Tested by ids_test.cc.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace usher {

// The prefix's number, then the ULID's 16 bytes.
using PackedId = std::array<unsigned char, 17>;

[[nodiscard]] std::optional<PackedId> pack_id(std::string_view id);
// Nothing when the bytes are of no packed id.
[[nodiscard]] std::optional<std::string> unpack_id(std::span<const unsigned char> bytes);

}  // namespace usher
