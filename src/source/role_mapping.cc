// SPDX-License-Identifier: Apache-2.0
#include "source/role_mapping.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "source/csv.h"

namespace usher {
namespace {

struct Columns {
  std::size_t external_id = 0;
  std::size_t role_slug = 0;
};

Result<Columns> find_columns(const csv::Reader& reader, const std::string& path) {
  const auto header = reader.header();
  const auto find = [&](std::string_view name) -> Result<std::size_t> {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    return fail(fmt::format("{}: the role mapping has no \"{}\" column", path, name),
                "its header has to name external_id and role_slug, one pair a row");
  };
  Columns columns;
  USHER_TRY_ASSIGN(columns.external_id, find("external_id"));
  USHER_TRY_ASSIGN(columns.role_slug, find("role_slug"));
  return columns;
}

// What is odd about a row, if anything; else its pair is in the mapping.
std::string add(RoleMapping& mapping, std::string_view external_id, std::string_view slug) {
  if (external_id.empty()) return "has no external_id; skipped";
  if (slug.empty()) return "has no role_slug; skipped";
  auto& slugs = mapping.roles[std::string(external_id)];
  if (std::find(slugs.begin(), slugs.end(), slug) != slugs.end()) return "repeats a pair; ignored";
  slugs.emplace_back(slug);
  return {};
}

}  // namespace

Result<RoleMapping> RoleMapping::read(const std::string& path, int stop_fd) {
  USHER_TRY_ASSIGN(auto reader, csv::Reader::open(path, stop_fd));
  USHER_TRY_ASSIGN(const Columns columns, find_columns(reader, path));
  RoleMapping mapping;
  std::uint64_t odd = 0;
  csv::Record record;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, reader.next(record));
    if (!any) break;
    if (!record.problem.empty()) {
      return fail(fmt::format("{}:{}: the record {}", path, record.line, record.problem),
                  "mend the role mapping, so that nobody loses a role unnoticed");
    }
    const std::string what = add(mapping, trim(record.cells[columns.external_id]),
                                 trim(record.cells[columns.role_slug]));
    if (!what.empty() && ++odd <= kMaxWarnings) {
      mapping.warnings.push_back(fmt::format("{}:{}: the row {}", path, record.line, what));
    }
  }
  if (odd > kMaxWarnings) {
    mapping.warnings.push_back(
        fmt::format("{}: {} more rows like these", path, with_commas(odd - kMaxWarnings)));
  }
  return mapping;
}

}  // namespace usher
