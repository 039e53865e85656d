// SPDX-License-Identifier: Apache-2.0
#include "source/csv_cell.h"

namespace usher::csv {
namespace {

// Where the cell that begins with a quote ends.
std::size_t end_of_quoted(std::string_view raw) {
  std::size_t at = 1;
  while (true) {
    at = raw.find('"', at);
    if (at == std::string_view::npos) return raw.size();
    if (!raw.substr(at + 1).starts_with('"')) return at + 1;
    at += 2;
  }
}

}  // namespace

void append_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void split_raw(std::string_view raw, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    const std::size_t from = raw.starts_with('"') ? end_of_quoted(raw) : 0;
    const auto comma = raw.find(',', from);
    cells.push_back(raw.substr(0, comma));
    if (comma == std::string_view::npos) return;
    raw.remove_prefix(comma + 1);
  }
}

std::string unquoted(std::string_view raw) {
  if (!raw.starts_with('"')) return std::string(raw);
  raw = raw.substr(1, raw.size() - 2);
  std::string text;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    text += raw[at];
    if (raw[at] == '"') ++at;
  }
  return text;
}

}  // namespace usher::csv
