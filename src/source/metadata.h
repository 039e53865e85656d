// SPDX-License-Identifier: Apache-2.0
// The metadata cell: a JSON object becomes pairs of texts, since that is all the API keeps. Numbers
// and booleans become their text as written, arrays and objects their JSON text, null values are
// left out. Tested by metadata_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher {

using Metadata = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxMetadataPairs =
    1000;  // far above what an API takes, against hostile cells

// Replaces `out`, or says in a sentence why the cell is not metadata ("Metadata is invalid JSON
// ..."). A name that comes twice keeps its last value. A literal null is no metadata. What of the
// cell is not in `out`, `left_out` says in a sentence each, of at most kMostLeftOut names.
constexpr std::size_t kMostLeftOut = 3;
[[nodiscard]] std::optional<std::string> parse_metadata(
    std::string_view cell, Metadata& out, std::vector<std::string>* left_out = nullptr);

}  // namespace usher
