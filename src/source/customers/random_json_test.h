// SPDX-License-Identifier: Apache-2.0
// For tests: JSON values of every kind at random, with everything that may stand in them.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/random.h"

namespace usher::customers {

inline std::string random_space(Random& random) {
  static constexpr std::array<std::string_view, 6> kSpaces = {"",  "",   "",
                                                              " ", "\n", "\r\n\t            "};
  return std::string(kSpaces[random.below(kSpaces.size())]);
}

inline std::string random_json_text(Random& random) {
  static constexpr std::array<std::string_view, 18> kPieces = {
      "a",       "SJÖBERG", "0070",           "\\\"", "\\\\", "\\/",   "\\n",
      "\\u00e9", "日本",    "\\uD83D\\uDE00", "😀",   "]}",   "{\\\"", "ß",
      ",",       ":",       "\\u0000",        " "};
  std::string out = "\"";
  const auto pieces = random.below(8);
  for (std::uint64_t i = 0; i < pieces; ++i) out += kPieces[random.below(kPieces.size())];
  if (random.chance(0.1)) out += std::string(random.below(60), 'x');
  return out + '"';
}

inline std::string random_json(Random& random, int depth) {
  static constexpr std::array<std::string_view, 10> kPlain = {
      "0", "-0", "12345678901234567890", "-1.50", "1e3", "2.5E-7", "true", "false", "null", "{}"};
  const double what = random.unit();
  if (depth == 0 || what < 0.3) return std::string(kPlain[random.below(kPlain.size())]);
  if (what < 0.6) return random_json_text(random);
  const bool object = what < 0.85;
  std::string out = object ? "{" : "[";
  const auto members = random.below(5);
  for (std::uint64_t i = 0; i < members; ++i) {
    if (i > 0) out += ',';
    out += random_space(random);
    if (object) out += random_json_text(random) + random_space(random) + ':';
    out += random_space(random) + random_json(random, depth - 1) + random_space(random);
  }
  return out + (object ? '}' : ']');
}

inline std::string random_json_object(Random& random) {
  return "{" + random_space(random) + R"("k":)" + random_json(random, 4) + random_space(random) +
         "}";
}

}  // namespace usher::customers
