// SPDX-License-Identifier: Apache-2.0
#include "scenarios/seed_lines.h"

#include <fstream>
#include <regex>

#include <fmt/format.h>

namespace usher::scenarios {

std::vector<SeedLine> seed_lines(const std::string& document) {
  std::ifstream file(fmt::format("{}/tests/scenarios/seeds/{}.txt", USHER_SOURCE, document));
  std::vector<SeedLine> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with("#: ")) {
      lines.push_back({document + ":" + text.substr(3), ""});
    } else if (!lines.empty()) {
      lines.back().text += text + "\n";
    }
  }
  return lines;
}

std::string replaced(std::string text, const Replacements& words) {
  for (const auto& [from, to] : words) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

std::string as_typed(std::string text, const std::string& organization) {
  return replaced(std::move(text), {{"npx tsx bin/", "usher "},
                                    {".ts ", " "},
                                    {"{job-id}", "spring"},
                                    {"<your-csv>", "users.csv"},
                                    {"org_123", organization},
                                    {"$(date +%s)", "1768597206"},
                                    {"${timestamp}", "1768597206"},
                                    {"sleep 60", "sleep 0"},
                                    {"tail -f", "tail -n 9"}});
}

std::set<std::string> named_by(const std::string& script, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> names;
  for (std::sregex_iterator match(script.begin(), script.end(), expression), end; match != end;
       ++match) {
    names.insert((*match)[1]);
  }
  return names;
}

}  // namespace usher::scenarios
