// SPDX-License-Identifier: Apache-2.0
#include "check/fixed_csv.h"

#include <algorithm>

#include "source/csv_cell.h"

namespace usher::check {

std::pair<std::size_t, std::size_t> header_range(std::string_view start) {
  std::size_t begin = start.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  // Blank lines before it.
  for (auto at = begin;
       at < start.size() && std::string_view(" \t\r\n").find(start[at]) != std::string_view::npos;
       ++at) {
    if (start[at] == '\r' || start[at] == '\n') begin = at + 1;
  }
  bool quoted = false;
  std::size_t end = begin;
  for (; end < start.size(); ++end) {
    if (start[end] == '"') quoted = !quoted;
    if (!quoted && (start[end] == '\r' || start[end] == '\n')) break;
  }
  return {begin, end};
}

Status FixedCsv::begin() {
  if (!header_.renamed && !adds_org_id_) return {};
  std::string start(csv::Reader::kMaxRecord + (64 << 10), '\0');
  USHER_TRY_ASSIGN(const std::size_t got, from_.read_at(0, start));
  start.resize(got);
  const auto [begin, end] = header_range(start);
  text_.clear();
  for (std::size_t i = 0; i < header_.names.size(); ++i) {
    if (i > 0) text_ += ',';
    csv::append_cell(text_, header_.names[i]);
  }
  if (adds_org_id_) text_ += ",org_id";
  return splice_.replace(begin, end - begin, text_);
}

Status FixedCsv::row(const csv::Record& record, const Row& was, const Row& now) {
  edits_.clear();
  std::string_view added;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    if (was.cells[column].data() == now.cells[column].data() &&
        was.cells[column].size() == now.cells[column].size()) {
      continue;
    }
    const int at = header_.layout.at[column];
    if (at >= 0) {
      edits_.emplace_back(static_cast<std::size_t>(at), now.cells[column]);
    } else if (column == Column::org_id) {
      added = now.cells[column];
    }
  }
  if (!edits_.empty()) {
    std::ranges::sort(edits_);
    csv::split_raw(record.raw, raw_);
  }
  for (const auto& [cell, content] : edits_) {
    const auto offset = static_cast<std::uint64_t>(raw_[cell].data() - record.raw.data());
    text_.clear();
    csv::append_cell(text_, content);
    USHER_TRY(splice_.replace(record.offset + offset, raw_[cell].size(), text_));
  }
  return end_record(record, added);
}

Status FixedCsv::broken(const csv::Record& record) {
  return end_record(record, {});
}

Status FixedCsv::end_record(const csv::Record& record, std::string_view org_id) {
  if (!adds_org_id_ || record.raw.empty()) return {};
  text_ = ",";
  csv::append_cell(text_, org_id);
  return splice_.replace(record.offset + record.raw.size(), 0, text_);
}

}  // namespace usher::check
