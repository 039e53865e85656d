// SPDX-License-Identifier: Apache-2.0
#include "check/header.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::check {
namespace {

constexpr std::size_t kShown = 60;

// The column that a name stands for once its case and separators are put right; nothing when
// another one stands for it too.
std::optional<Column> renamed(std::span<const std::string> names, std::size_t which,
                              const Layout& layout) {
  const auto column = same_column(names[which]);
  if (!column || layout.has(*column)) return std::nullopt;
  const auto rivals = std::ranges::count_if(
      names, [&](const std::string& name) { return same_column(name) == column; });
  if (rivals > 1) return std::nullopt;
  return column;
}

std::string unknown(const std::string& name, const Layout& layout) {
  const auto meant = meant_column(name);
  std::string text = fmt::format("Unknown column: {}", printable(name, kShown));
  if (meant && !layout.has(*meant)) text += fmt::format(" (did you mean {}?)", to_string(*meant));
  return text;
}

void note_names(std::span<const std::string> names, bool auto_fix, Header& header) {
  const Layout original = header.layout;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (known_column(names[i])) continue;
    HeaderNote note{Rule::unknown_columns, unknown(names[i], original), names[i]};
    const auto column = renamed(names, i, original);
    note.fixable = column.has_value();
    if (auto_fix && column) {
      note.fixed = to_string(*column);
      header.names[i] = note.fixed;
      header.layout.at[*column] = static_cast<int>(i);
      header.renamed = true;
    }
    header.notes.push_back(std::move(note));
  }
}

}  // namespace

Header look_at_header(std::span<const std::string> names, bool auto_fix) {
  Header header;
  header.names.assign(names.begin(), names.end());
  header.layout.width = names.size();
  header.layout.at.values.fill(-1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto known = known_column(names[i])) {
      header.layout.at[*known] = static_cast<int>(i);
    }
  }
  note_names(names, auto_fix, header);
  if (!header.layout.has(Column::email)) {
    header.notes.push_back({Rule::required_email_column, "Missing required column: email"});
  }
  header.notes.push_back({Rule::mode_detection, fmt::format("Detected mode: {}", header.mode())});
  if (header.layout.has(Column::role_slugs) && !header.layout.names_organizations()) {
    header.notes.push_back(
        {Rule::role_slugs_unused,
         "role_slugs is read only when the import is given an organization (--org-id)",
         "role_slugs"});
  }
  return header;
}

}  // namespace usher::check
