// SPDX-License-Identifier: Apache-2.0
#include "check/repeats.h"

#include <algorithm>

#include "base/text.h"
#include "check/first_seen.h"
#include "check/partitions.h"
#include "source/cells.h"
#include "source/distinct.h"

namespace usher::check {
namespace {

std::uint32_t short_hash(std::string_view text) {
  if (text.empty()) return 0;
  return static_cast<std::uint32_t>(quick_hash(text, 0)) | 1U;
}

}  // namespace

const std::array<Repeats::Compared, Repeats::kCompared> Repeats::kColumnsCompared = {{
    {Column::first_name},
    {Column::last_name},
    {Column::email_verified},
    {Column::external_id},
    {Column::password},
    {Column::password_hash},
    {Column::password_hash_type},
    {Column::metadata},
    {Column::org_name, false},
    {Column::role_slugs, false},
}};

Status Repeats::add(const Row& row) {
  const auto cell = [&](Column column) { return clean_cell(row.cells[column]); };
  const std::string_view id = cell(Column::org_id);
  const std::string_view foreign = cell(Column::org_external_id);
  const std::string_view name = cell(Column::org_name);
  std::uint64_t organization = 0;
  if (!id.empty()) {
    organization = quick_hash(id, 1);
  } else if (!foreign.empty()) {
    organization = quick_hash(foreign, 2);
  } else if (!name.empty()) {
    organization = quick_hash(name, 3);
  }
  if (!name.empty()) USHER_TRY(add_names(row, organization, id.empty()));

  const std::string_view email = cell(Column::email);
  if (email.empty()) return {};
  PersonEntry entry{quick_hash_ignoring_case(email, 0), organization, row.number, row.line, {}};
  for (std::size_t i = 0; i < kCompared; ++i) {
    const Column column = kColumnsCompared[i].column;
    const std::string_view text = cell(column);
    const auto truth = column == Column::email_verified ? read_truth(text) : std::nullopt;
    entry.fields[i] = truth ? (*truth ? 3 : 1) : short_hash(text);
  }
  USHER_TRY(people_.add(partition_of(entry.key), entry));
  const std::string_view external = cell(Column::external_id);
  if (external.empty()) return {};
  const std::uint64_t key = quick_hash(external, 0);
  return ids_.add(partition_of(key), {key, entry.key, row.number, row.line});
}

// The same organization under the same name comes over and over: once is enough, mostly.
Status Repeats::add_names(const Row& row, std::uint64_t organization, bool own) {
  const std::uint64_t name = quick_hash(clean_cell(row.cells[Column::org_name]), 4);
  const std::uint64_t both = quick_hash_pair(organization, name);
  std::uint64_t& recent = recent_[both % recent_.size()];
  if (recent == both) return {};
  recent = both;
  USHER_TRY(names_.add(partition_of(organization), {organization, name, row.number, row.line}));
  if (!own) return {};
  return same_names_.add(partition_of(name), {name, organization, row.number, row.line});
}

// What the later row has and the earlier one has not: a blank cell contradicts nothing.
std::uint32_t Repeats::differing(const PersonEntry& earlier, const PersonEntry& later,
                                 bool of_person_only) {
  std::uint32_t columns = 0;
  for (std::size_t i = 0; i < kCompared; ++i) {
    if (of_person_only && !kColumnsCompared[i].of_person) continue;
    if (later.fields[i] == 0 || later.fields[i] == earlier.fields[i]) continue;
    columns |= 1U << static_cast<unsigned>(kColumnsCompared[i].column);
  }
  return columns;
}

// `same`: the first row about the same person in the same organization; null: there is none.
Status Repeats::judge(const PersonEntry& entry, const PersonEntry& first, const PersonEntry* same) {
  ++repeated_people_;
  const std::uint32_t conflict = differing(first, entry, true);
  if (conflict != 0) {
    return notes_.add(
        {Rule::duplicate_email_conflict, entry.number, first.number, first.line, conflict});
  }
  if (same == nullptr) {
    ++added_organizations_;
    return {};
  }
  return notes_.add({Rule::duplicate_email, entry.number, same->number, same->line,
                     differing(*same, entry, false)});
}

Status Repeats::compare_people(std::size_t partition) {
  FirstSeen<PersonEntry> people;
  FirstSeen<PersonEntry> memberships;
  const std::uint64_t size = people_.size(partition);
  const std::size_t parts = parts_of(size);
  for (std::size_t part = 0; part < parts; ++part) {
    USHER_TRY_ASSIGN(const std::size_t sweeps, sweeps_of(people_, partition, part, parts));
    people.clear(size / parts);
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
      memberships.clear(size / parts / 8);
      Status done;
      USHER_TRY(people_.each(partition, [&](const PersonEntry& entry) {
        if (!in_part(entry.key, part, parts) || !done) return;
        const PersonEntry* const first = people.meet(entry).first;
        if (first->number == entry.number) return;
        const std::uint64_t pair_key = quick_hash_pair(entry.key, entry.organization);
        if (!in_sweep(pair_key, sweep, sweeps)) return;
        // The membership of the first row is there already, whoever comes next.
        PersonEntry pair = *first;
        pair.key = quick_hash_pair(pair.key, pair.organization);
        (void)memberships.meet(pair);
        pair = entry;
        pair.key = pair_key;
        const auto [same, new_one] = memberships.meet(pair);
        done = judge(entry, *first, new_one ? nullptr : same);
      }));
      USHER_TRY(done);
    }
  }
  return {};
}

// Entries whose key has come with something else before: each of them, or each pair once.
Status Repeats::compare_pairs(const Spill<PairEntry>& spill, Rule rule, bool every_row) {
  FirstSeen<PairEntry> firsts;
  FirstSeen<PairEntry> pairs;
  for (std::size_t partition = 0; partition < spill.partitions(); ++partition) {
    const std::uint64_t size = spill.size(partition);
    const std::size_t parts = parts_of(size);
    for (std::size_t part = 0; part < parts; ++part) {
      USHER_TRY_ASSIGN(const std::size_t sweeps, sweeps_of(spill, partition, part, parts));
      firsts.clear(size / parts);
      for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        pairs.clear(0);
        Status done;
        USHER_TRY(spill.each(partition, [&](const PairEntry& entry) {
          if (!in_part(entry.key, part, parts) || !done) return;
          const PairEntry* const first = firsts.meet(entry).first;
          if (first->with == entry.with) return;
          PairEntry pair = entry;
          pair.key = quick_hash_pair(entry.key, entry.with);
          if (!in_sweep(pair.key, sweep, sweeps)) return;
          if (!pairs.meet(pair).second && !every_row) return;
          if (every_row) ++repeated_ids_;
          done = notes_.add({rule, entry.number, first->number, first->line, 0});
        }));
        USHER_TRY(done);
      }
    }
  }
  return {};
}

Status Repeats::compare() {
  for (std::size_t partition = 0; partition < kPartitions; ++partition) {
    USHER_TRY(compare_people(partition));
  }
  USHER_TRY(compare_pairs(ids_, Rule::duplicate_external_id, true));
  USHER_TRY(compare_pairs(names_, Rule::org_name_differs, false));
  return compare_pairs(same_names_, Rule::org_name_shared, false);
}

Status Repeats::of(std::uint64_t number, std::vector<Repeat>& out) {
  return notes_.of(number, out, [](const Repeat& a, const Repeat& b) { return a.rule < b.rule; });
}

}  // namespace usher::check
