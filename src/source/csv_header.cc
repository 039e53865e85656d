// SPDX-License-Identifier: Apache-2.0
#include "source/csv_header.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::csv {
namespace {

std::string place(const std::string& name, const Record& first) {
  return fmt::format("{}:{}", name, first.line);
}

// The delimiter that the header was written with, when it is plainly not the comma.
char foreign_delimiter(std::string_view line) {
  for (const char delimiter : {';', '\t', '|'}) {
    if (line.find(delimiter) == std::string_view::npos) continue;
    for (std::string_view part : split(line, delimiter)) {
      part = trim(part);
      if (part.size() >= 2 && part.front() == '"' && part.back() == '"') {
        part = part.substr(1, part.size() - 2);
      }
      if (lower_ascii(part).find("email") != std::string::npos) return delimiter;
    }
  }
  return '\0';
}

Status check_delimiter(const Record& first, const std::string& name) {
  if (first.raw.find(',') != std::string_view::npos) return {};
  const char delimiter = foreign_delimiter(first.raw);
  if (delimiter == '\0') return {};
  const std::string shown = delimiter == '\t' ? "tabs" : fmt::format("'{}'", delimiter);
  return fail(
      fmt::format("{}: the columns are separated by {}, not by commas", place(name, first), shown),
      "save the file as comma-separated UTF-8 CSV and run again");
}

Status check_names(const std::vector<std::string>& names, const std::string& where) {
  std::map<std::string, std::size_t> seen;  // by lower-case name
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      return fail(fmt::format("{}: column {} has no name", where, i + 1),
                  "give it a name, or remove the column from every row");
    }
    const auto [twin, fresh] = seen.emplace(lower_ascii(names[i]), i);
    if (fresh) continue;
    const std::string& other = names[twin->second];
    const auto columns = fmt::format("columns {} and {}", twin->second + 1, i + 1);
    if (other == names[i]) {
      return fail(fmt::format("{}: {} are both named \"{}\"", where, columns, printable(other)),
                  "rename or remove one of them");
    }
    return fail(fmt::format("{}: {} are named \"{}\" and \"{}\", which differ only in case", where,
                            columns, printable(other), printable(names[i])),
                "rename or remove one of them");
  }
  return {};
}

}  // namespace

Status check_first_bytes(std::string_view start, const std::string& name) {
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    return fail(name + ": is UTF-16 text, not UTF-8",
                "convert it: iconv -f UTF-16 -t UTF-8 old.csv > new.csv");
  }
  if (start.starts_with("PK\x03\x04")) {
    return fail(name + ": is a spreadsheet or a zip file, not CSV",
                "export the sheet as \"CSV UTF-8\", or unpack the file");
  }
  if (start.starts_with("\x1F\x8B") || start.starts_with("\x28\xB5\x2F\xFD")) {
    return fail(name + ": is compressed", "unpack it first, for example with gunzip or unzstd");
  }
  return {};
}

Result<std::vector<std::string>> read_header(const Record& first, const std::string& name) {
  const std::string where = place(name, first);
  if (first.raw.find('\0') != std::string_view::npos) {
    return fail(where + ": the header holds NUL bytes: probably UTF-16 text, or no text at all",
                "if it is UTF-16: iconv -f UTF-16LE -t UTF-8 old.csv > new.csv");
  }
  USHER_TRY(check_delimiter(first, name));
  if (!first.problem.empty()) return fail(where + ": the header " + first.problem);
  std::vector<std::string> names;
  for (const std::string_view cell : first.cells) names.emplace_back(trim(cell));
  USHER_TRY(check_names(names, where));
  return names;
}

}  // namespace usher::csv
