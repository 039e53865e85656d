// SPDX-License-Identifier: Apache-2.0
// Command lines out of documents: those of tests/scenarios/seeds, and how a reader types them.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace usher::scenarios {

struct SeedLine {
  std::string place;  // "002:42": document and line
  std::string text;   // several lines when they belong together
};
[[nodiscard]] std::vector<SeedLine> seed_lines(const std::string& document);

// `npx tsx bin/X.ts` as `usher X`, with what is the reader's own, and without waiting.
[[nodiscard]] std::string as_typed(std::string text, const std::string& organization);

// What the first group of a pattern meets in a script.
[[nodiscard]] std::set<std::string> named_by(const std::string& script, const char* pattern);

using Replacements = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string replaced(std::string text, const Replacements& words);

}  // namespace usher::scenarios
