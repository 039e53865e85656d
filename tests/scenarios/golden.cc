// SPDX-License-Identifier: Apache-2.0
#include "scenarios/golden.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <span>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher::scenarios {
namespace {

constexpr std::size_t kAround = 2;      // lines that are the same, above and below a difference
constexpr std::size_t kMostLines = 30;  // of each side

std::string escaped(const std::string& text) {
  return std::regex_replace(text, std::regex(R"([.^$|()\[\]{}*+?\\])"), R"(\$&)");
}

// What no two runs have in common, from the most particular to the most general.
Masks usual_masks() {
  const std::string scratch = (std::filesystem::temp_directory_path() / "usher-").string();
  return {
      {"(/private)?" + escaped(scratch) + "[A-Za-z0-9]{6}", "<folder>"},
      {R"((127\.0\.0\.1|localhost):[0-9]+)", "$1:<port>"},
      {R"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z)", "<moment>"},
      {R"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?( UTC)?)", "<moment>"},
      {R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", "<id>"},
      {R"(\b([a-z]+)_01[0-9A-HJKMNP-TV-Z]{24}\b)", "$1_<id>"},
      // With the blanks that fill its line of a box.
      {"(Duration: +)[0-9][^\n│]*", "$1<duration> "},
      {R"(ETA: [0-9][0-9hms ]*[hms])", "ETA: <duration>"},
      {R"([0-9][0-9.,]* (rows|requests|errors)/s)", "<rate> $1/s"},
  };
}

// Of the escape sequence at `at`: its length, and what stands for it.
std::pair<std::size_t, std::string> sequence(std::string_view bytes, std::size_t at) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords = {
      {{"\x1b[0m", "{/}"},
       {"\x1b[1m", "{bold}"},
       {"\x1b[2m", "{dim}"},
       {"\x1b[31m", "{red}"},
       {"\x1b[32m", "{green}"},
       {"\x1b[33m", "{yellow}"}}};
  for (const auto& [code, word] : kWords) {
    if (bytes.substr(at).starts_with(code)) return {code.size(), std::string(word)};
  }
  return {1, "{escape}"};
}

std::vector<std::string_view> lines_of(const std::string& text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

void add_lines(std::string& text, std::string_view sign, std::span<const std::string_view> lines) {
  for (const auto line : lines.first(std::min(lines.size(), kMostLines))) {
    text += fmt::format("{} {}\n", sign, line);
  }
  if (lines.size() > kMostLines) {
    text += fmt::format("{} ... {} more lines\n", sign, lines.size() - kMostLines);
  }
}

std::string with_end(const std::string& text) {
  return text.empty() || text.ends_with('\n') ? text : text + "{no line end}\n";
}

}  // namespace

std::string on_screen(std::string_view bytes) {
  constexpr std::string_view kClear = "\r\x1b[2K";
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto rest = bytes.substr(at);
    if (rest.starts_with(kClear)) {
      text.resize(text.rfind('\n') + 1);  // npos + 1 is 0: the first line
      at += kClear.size();
    } else if (rest.starts_with("\r\n")) {
      text += '\n';
      at += 2;
    } else if (rest[0] == '\r') {
      text += "{return}";
      ++at;
    } else if (rest[0] == '\x1b') {
      const auto [length, word] = sequence(bytes, at);
      text += word;
      at += length;
    } else {
      text += rest[0];
      ++at;
    }
  }
  return text;
}

std::string transcript(const Ran& ran) {
  return fmt::format("exit code: {}\n--- standard output\n{}--- standard error\n{}", ran.code,
                     with_end(on_screen(ran.out)), with_end(on_screen(ran.err)));
}

std::string masked(std::string text, const Masks& also) {
  for (const Masks& masks : {also, usual_masks()}) {
    for (const auto& [pattern, instead] : masks) {
      text = std::regex_replace(text, std::regex(pattern), instead);
    }
  }
  return text;
}

std::string difference(const std::string& expected, const std::string& got) {
  if (expected == got) return {};
  const auto left = lines_of(expected);
  const auto right = lines_of(got);
  const std::size_t least = std::min(left.size(), right.size());
  std::size_t same = 0;
  while (same < least && left[same] == right[same]) ++same;
  std::size_t tail = 0;
  while (tail < least - same && left[left.size() - 1 - tail] == right[right.size() - 1 - tail]) {
    ++tail;
  }
  const std::span<const std::string_view> old(left);
  const std::span<const std::string_view> now(right);
  const std::size_t before = std::min(same, kAround);
  std::string text = fmt::format("line {} (- expected, + got)\n", same + 1);
  add_lines(text, " ", old.subspan(same - before, before));
  add_lines(text, "-", old.subspan(same, old.size() - same - tail));
  add_lines(text, "+", now.subspan(same, now.size() - same - tail));
  add_lines(text, " ", old.subspan(old.size() - tail, std::min(tail, kAround)));
  if (same == old.size() && same == now.size()) text += "only the end of the last line differs\n";
  return text;
}

std::string golden_problem(const std::string& path, const std::string& text, Golden golden) {
  if (golden == Golden::write) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    return file ? "" : path + ": cannot be written";
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return path + ": is missing. USHER_GOLDEN=write makes it; it would be\n" + text;
  std::ostringstream expected;
  expected << file.rdbuf();
  const std::string lines = difference(expected.str(), text);
  return lines.empty() ? "" : path + ": " + lines + "When this is meant: USHER_GOLDEN=write";
}

void expect_golden(const std::string& name, const std::string& text, const Masks& also) {
  const char* wish = std::getenv("USHER_GOLDEN");  // one thread
  const bool write = wish != nullptr && std::string_view(wish) == "write";
  const std::string path = fmt::format("{}/tests/scenarios/golden/{}.txt", USHER_SOURCE, name);
  const std::string problem =
      golden_problem(path, masked(text, also), write ? Golden::write : Golden::compare);
  EXPECT_TRUE(problem.empty()) << problem;
}

void expect_golden(const std::string& name, const Ran& ran, const Masks& also) {
  expect_golden(name, transcript(ran), also);
}

}  // namespace usher::scenarios
