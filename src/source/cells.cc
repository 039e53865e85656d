// SPDX-License-Identifier: Apache-2.0
#include "source/cells.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "source/json_text.h"

namespace usher {

std::string_view clean_cell(std::string_view cell) {
  const auto bare = [](char c) { return static_cast<unsigned char>(c) > ' '; };
  if (cell.empty() || (bare(cell.front()) && bare(cell.back()))) return cell;
  return trim(cell);
}

std::optional<bool> read_truth(std::string_view word) {
  if (word.empty()) return std::nullopt;
  static constexpr std::array<std::string_view, 4> kYes = {"true", "1", "yes", "y"};
  static constexpr std::array<std::string_view, 4> kNo = {"false", "0", "no", "n"};
  const auto same = [&](std::string_view known) { return equal_ignoring_case(word, known); };
  if (std::any_of(kYes.begin(), kYes.end(), same)) return true;
  if (std::any_of(kNo.begin(), kNo.end(), same)) return false;
  return std::nullopt;
}

void add_role(std::vector<std::string>& roles, std::string_view slug) {
  if (slug.empty() || std::find(roles.begin(), roles.end(), slug) != roles.end()) return;
  roles.emplace_back(slug);
}

bool read_roles(std::string_view cell, std::vector<std::string>& roles) {
  if (!cell.starts_with('[')) {
    while (true) {
      const auto comma = cell.find(',');
      add_role(roles, clean_cell(cell.substr(0, comma)));
      if (comma == std::string_view::npos) return true;
      cell.remove_prefix(comma + 1);
    }
  }
  JsonText json(cell);
  (void)json.read('[');
  if (json.peek() == ']') return json.read(']') && json.read_end();
  std::string slug;
  while (true) {
    if (!json.read_string(slug)) return false;
    add_role(roles, clean_cell(slug));
    if (json.peek() == ']') return json.read(']') && json.read_end();
    if (!json.read(',')) return false;
  }
}

}  // namespace usher
