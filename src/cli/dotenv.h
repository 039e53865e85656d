// SPDX-License-Identifier: Apache-2.0
// Reading `.env`: KEY=VALUE lines as shells and the usual dotenv libraries agree on them. The file
// belongs to the whole project of the person who runs us, so a line we cannot read is remembered,
// not fatal: only the few names the caller asks for matter. No expansion of $VARIABLES.
// Tested by dotenv_test.cc and tests/fuzz/dotenv_fuzz.cc.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace usher::cli {

struct Dotenv {
  static constexpr std::size_t kMostBytes = 1 << 20;

  std::map<std::string, Secret, std::less<>> values;  // the last one of a name wins
  std::vector<std::string> problems;                  // "line 3: no closing quote"; at most 20
  bool folder = false;                                // there is a folder of that name instead

  [[nodiscard]] static Dotenv parse(std::string_view text);
  // A missing file, or a folder of that name, is an empty Dotenv.
  [[nodiscard]] static Result<Dotenv> read(const std::string& path);
};

}  // namespace usher::cli
