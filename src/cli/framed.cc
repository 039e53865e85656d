// SPDX-License-Identifier: Apache-2.0
#include "cli/framed.h"

#include <algorithm>

#include "base/text.h"
#include "cli/count_table.h"

namespace usher::cli {
namespace {

std::string edge(std::string_view left, std::size_t width, std::string_view right_end) {
  std::string line(left);
  for (std::size_t i = 0; i < width + 2; ++i) line += "─";
  return line + std::string(right_end);
}

std::string with_tone(std::string line, std::string_view status, Tone tone, bool colour) {
  const auto at = line.find(status);
  if (!colour || !line.starts_with("Status:") || at == std::string::npos) return line;
  return line.replace(at, status.size(), toned(status, tone, true));
}

}  // namespace

std::vector<std::string> framed(std::span<const std::string> content, std::string_view status,
                                Tone tone, bool colour) {
  std::size_t width = 0;
  for (const std::string& line : content) width = std::max(width, utf8_length(line));
  std::vector<std::string> lines = {edge("┌", width, "┐")};
  lines.reserve(content.size() + 2);
  for (const std::string& line : content) {
    lines.push_back("│ " + with_tone(padded(line, width), status, tone, colour) + " │");
  }
  lines.push_back(edge("└", width, "┘"));
  return lines;
}

}  // namespace usher::cli
