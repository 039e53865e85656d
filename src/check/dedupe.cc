// SPDX-License-Identifier: Apache-2.0
#include "check/dedupe.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "check/header.h"
#include "check/merge.h"
#include "check/row.h"
#include "check/row_notes.h"
#include "check/row_rules.h"
#include "check/splice.h"
#include "check/spool.h"
#include "source/csv_cell.h"
#include "source/distinct.h"

namespace usher::check {
namespace {

constexpr std::size_t kPartitions = 64;
constexpr unsigned kShift = 58;
constexpr unsigned kPartShift = 32;
constexpr std::size_t kMostAtOnce = 16 << 10;  // people looked at together
constexpr std::uint64_t kStep = 8192;
constexpr std::uint64_t kCompareStep = 512;  // these are read one by one

// A row by whom and where it is about.
struct Entry {
  std::uint64_t key = 0;
  std::uint64_t check = 0;  // a second hash: rows are merged for good, so 64 bits are too few
  std::uint64_t number = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// What becomes of a row: it goes, or something else stands in its place.
struct Fate {
  std::uint64_t number = 0;
  bool removed = false;
  std::uint64_t at = 0;  // in the spool: the row, and behind it what the report says
  std::uint64_t row_size = 0;
  std::uint64_t detail_size = 0;
};

class Dedupe {
 public:
  Dedupe(const Snapshot& input, const DedupeWish& wish, Replacement& csv, Replacement& report)
      : input_(input), wish_(wish), csv_(csv), report_(report) {
    for (std::size_t i = 0; i < kRules; ++i) wanted_.no_more(static_cast<Rule>(i));
  }

  Result<DedupeSummary> run() {
    USHER_TRY_ASSIGN(bool going, collect());
    if (going) {
      for (std::size_t partition = 0; partition < kPartitions; ++partition) {
        USHER_TRY(compare(partition));
      }
      if (going = !stopped_; going) {
        USHER_TRY_ASSIGN(going, write());
      }
    }
    summary_.interrupted = !going;
    summary_.unique_rows = summary_.total_rows - summary_.rows_removed;
    return summary_;
  }

 private:
  struct Group {
    std::uint64_t check = 0;
    Entry first;
    std::unique_ptr<Merge> merge;  // once there is a second
  };
  using Groups = std::unordered_map<std::uint64_t, Group>;

  [[nodiscard]] bool may_go_on(std::uint64_t rows, std::uint64_t bytes) const {
    if (rows % kStep != 0 || !wish_.progressed) return true;
    return wish_.progressed(rows, bytes, input_.size() * 2);
  }
  // Between the two readings of the input.
  void look_whether_to_stop() {
    if (++compared_ % kCompareStep != 0 || !wish_.progressed) return;
    stopped_ = stopped_ || !wish_.progressed(compared_, input_.size(), input_.size() * 2);
  }
  Result<bool> collect();
  bool is_good(const Row& row);
  Status compare(std::size_t partition);
  Status meet(const Entry& entry, Groups& groups);
  Result<Merge::Cells> cells_of(const Entry& entry);
  Status settle(const Group& group);
  Result<bool> write();
  Status obey(const csv::Record& record, Splice& splice, bool& removing,
              std::uint64_t& removed_from);
  Status tell(std::string_view detail);

  const Snapshot& input_;
  const DedupeWish& wish_;
  Replacement& csv_;
  Replacement& report_;
  Header header_;
  DedupeSummary summary_;
  Spill<Entry> entries_;
  RowNotes<Fate> fates_;
  Spool spool_;
  std::uint64_t told_ = 0;
  std::uint64_t compared_ = 0;
  bool stopped_ = false;
  std::string room_;
  std::vector<std::string_view> raw_;
  std::optional<RowRules> rules_;
  Wanted wanted_;  // no words
  std::vector<Note> notes_;
  std::vector<Fate> fates_of_row_;
};

std::optional<Entry> entry_of(const csv::Record& record, const Row& row) {
  const auto cell = [&](Column column) { return clean_cell(row.cells[column]); };
  const std::string_view email = cell(Column::email);
  const std::string_view id = cell(Column::org_id);
  const std::string_view foreign = cell(Column::org_external_id);
  const std::string_view name = cell(Column::org_name);
  if (email.empty() || (!id.empty() && !foreign.empty())) return std::nullopt;
  const std::string_view organization = !id.empty() ? id : !foreign.empty() ? foreign : name;
  const std::uint64_t kind = !id.empty() ? 1 : !foreign.empty() ? 2 : name.empty() ? 0 : 3;
  const auto hash = [&](std::uint64_t seed) {
    return quick_hash_pair(quick_hash_ignoring_case(email, seed),
                           quick_hash(organization, seed + kind));
  };
  return Entry{hash(0), hash(0x5bd1e995), record.number, record.offset, record.raw.size()};
}

Result<bool> Dedupe::collect() {
  USHER_TRY_ASSIGN(auto reader, csv::Reader::over(input_.bytes(), input_.name(), {}));
  header_ = look_at_header(reader.header(), false);
  rules_.emplace(header_.layout, wanted_);
  csv::Record record;
  Row row;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, reader.next(record));
    if (!any) return true;
    ++summary_.total_rows;
    if (!may_go_on(record.number, reader.bytes_read())) return false;
    if (!record.problem.empty()) continue;
    row.take(record, header_.layout);
    const auto entry = entry_of(record, row);
    if (!entry) continue;
    if (is_good(row)) {
      USHER_TRY(entries_.add(entry->key >> kShift, *entry));
    } else {
      ++summary_.rows_with_errors;
    }
  }
}

// A row that an import refuses would take a good one with it.
bool Dedupe::is_good(const Row& row) {
  notes_.clear();
  if (rules_) rules_->check(row, notes_);
  return std::ranges::none_of(
      notes_, [](const Note& note) { return facts(note.rule).severity == Severity::error; });
}

Status Dedupe::compare(std::size_t partition) {
  const std::uint64_t size = entries_.size(partition);
  const std::size_t parts = std::bit_ceil(static_cast<std::size_t>(size) / kMostAtOnce + 1);
  Groups groups;
  for (std::size_t part = 0; part < parts; ++part) {
    groups.clear();
    groups.reserve(size / parts);
    Status done;
    USHER_TRY(entries_.each(partition, [&](const Entry& entry) {
      if (!done || stopped_ || ((entry.key >> kPartShift) & (parts - 1)) != part) return;
      done = meet(entry, groups);
    }));
    USHER_TRY(done);
    for (const auto& [key, group] : groups) {
      if (stopped_) return {};
      if (group.merge && group.merge->count() > 1) USHER_TRY(settle(group));
    }
  }
  return {};
}

Status Dedupe::meet(const Entry& entry, Groups& groups) {
  const auto [place, fresh] = groups.try_emplace(entry.key);
  Group& group = place->second;
  if (fresh) {
    group.check = entry.check;
    group.first = entry;
    return {};
  }
  if (group.check != entry.check) return {};  // a collision: nobody's repeat
  if (!group.merge) {
    USHER_TRY_ASSIGN(Merge::Cells cells, cells_of(group.first));
    group.merge = std::make_unique<Merge>(group.first.number, std::move(cells));
  }
  look_whether_to_stop();
  USHER_TRY_ASSIGN(const Merge::Cells later, cells_of(entry));
  if (!group.merge->add(entry.number, later, header_)) {
    ++summary_.rows_too_many;
    return {};
  }
  if (group.merge->count() == 2) ++summary_.duplicates;
  ++summary_.rows_removed;
  return fates_.add({entry.number, true});
}

Result<Merge::Cells> Dedupe::cells_of(const Entry& entry) {
  room_.resize(entry.size);
  std::size_t done = 0;
  while (done < room_.size()) {
    USHER_TRY_ASSIGN(const std::size_t got,
                     input_.read_at(entry.offset + done, std::span(room_).subspan(done)));
    if (got == 0) return fail(input_.name() + ": became shorter while it was read");
    done += got;
  }
  csv::split_raw(room_, raw_);
  Merge::Cells cells;
  for (const std::string_view raw : raw_) cells.push_back(csv::unquoted(raw));
  if (cells.size() != header_.names.size()) {
    return fail(input_.name() + ": changed while it was read");
  }
  return cells;
}

void append_conflict(JsonWriter& json, const Conflict& conflict) {
  json.open_object().field("field", std::string_view(conflict.field)).key("values").open_array();
  for (const std::string& value : conflict.values) json.value(std::string_view(value));
  json.close_array()
      .field("chosen", std::string_view(conflict.chosen))
      .field("strategy", conflict.strategy)
      .close_object();
}

// The merged row as it is written, and its element of mergeDetails.
Status Dedupe::settle(const Group& group) {
  look_whether_to_stop();
  const Merge& merge = *group.merge;
  USHER_TRY(cells_of(group.first));  // fills raw_ again
  std::string text;
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (i > 0) text += ',';
    if (merge.cells()[i] == merge.base()[i]) {
      text += raw_[i];
    } else {
      csv::append_cell(text, merge.cells()[i]);
    }
  }
  const std::size_t row_size = text.size();
  const auto email = merge.cells()[static_cast<std::size_t>(header_.layout.at[Column::email])];
  JsonWriter json(text);
  json.open_object().field("email", clean_cell(email)).field("duplicateCount", merge.count());
  json.key("mergedRowNumbers").open_array();
  for (const std::uint64_t number : merge.numbers()) json.value(number + 1);  // the header is 1
  json.close_array().key("conflicts").open_array();
  for (const Conflict& conflict : merge.conflicts()) append_conflict(json, conflict);
  json.close_array().key("metadataMerged").open_array();
  for (const std::string& name : merge.metadata_merged()) json.value(std::string_view(name));
  json.close_array().close_object();
  Fate fate{group.first.number, false, spool_.size(), row_size, text.size() - row_size};
  USHER_TRY(spool_.add(text));
  return fates_.add(fate);
}

Status Dedupe::tell(std::string_view detail) {
  if (told_ == wish_.most_details) return {};
  USHER_TRY(report_.write(told_ == 0 ? "\n" : ",\n"));
  ++told_;
  return report_.write(detail);
}

Status Dedupe::obey(const csv::Record& record, Splice& splice, bool& removing,
                    std::uint64_t& removed_from) {
  if (removing) USHER_TRY(splice.remove(removed_from, record.offset));
  removing = false;
  USHER_TRY(
      fates_.of(record.number, fates_of_row_, [](const Fate&, const Fate&) { return false; }));
  if (fates_of_row_.empty()) return {};
  const Fate& fate = fates_of_row_.front();
  if (fate.removed) {
    removing = true;
    removed_from = record.offset;
    return {};
  }
  std::string text;
  USHER_TRY(spool_.read(fate.at, fate.row_size + fate.detail_size, text));
  const std::string_view whole = text;
  USHER_TRY(tell(whole.substr(fate.row_size)));
  return splice.replace(record.offset, record.raw.size(), whole.substr(0, fate.row_size));
}

Result<bool> Dedupe::write() {
  std::string head;
  JsonWriter json(head);
  json.open_object()
      .field("timestamp", std::string_view(to_iso8601(wish_.now)))
      .field("csvPath", std::string_view(wish_.csv_path))
      .key("summary")
      .open_object()
      .field("totalInputRows", summary_.total_rows)
      .field("uniqueRows", summary_.total_rows - summary_.rows_removed)
      .field("duplicatesFound", summary_.duplicates)
      .field("rowsRemoved", summary_.rows_removed)
      .field("rowsWithErrors", summary_.rows_with_errors)
      .field("rowsBeyondLimits", summary_.rows_too_many)
      .close_object();
  USHER_TRY(report_.write(head + ",\n\"mergeDetails\":["));
  USHER_TRY_ASSIGN(auto reader, csv::Reader::over(input_.bytes(), input_.name(), {}));
  Splice splice(input_, csv_);
  csv::Record record;
  bool removing = false;
  std::uint64_t removed_from = 0;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, reader.next(record));
    if (!any) break;
    USHER_TRY(obey(record, splice, removing, removed_from));
    if (!may_go_on(record.number, input_.size() + reader.bytes_read())) return false;
  }
  if (removing) USHER_TRY(splice.remove(removed_from, input_.size()));
  USHER_TRY(splice.finish());
  std::string tail = "\n],\n\"detailsNotListed\":";
  tail += std::to_string(summary_.duplicates - told_);
  USHER_TRY(report_.write(tail + "}\n"));
  return true;
}

}  // namespace

Result<DedupeSummary> dedupe(const Snapshot& input, const DedupeWish& wish, Replacement& csv,
                             Replacement& report) {
  return Dedupe(input, wish, csv, report).run();
}

}  // namespace usher::check
