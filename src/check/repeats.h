// SPDX-License-Identifier: Apache-2.0
// What only several rows together can get wrong: people who come twice, ids that several people
// have, organizations with several names. Rows are reduced to hashes and compared partition by
// partition, so memory does not grow; a collision of 64-bit hashes is the only way to be wrong.
// Tested by repeats_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "check/row.h"
#include "check/row_notes.h"
#include "check/spill.h"

namespace usher::check {

// A row that is in some way like an earlier one.
struct Repeat {
  Rule rule = Rule::duplicate_email;
  std::uint64_t number = 0;
  std::uint64_t earlier_number = 0;
  std::uint64_t earlier_line = 0;
  std::uint32_t differs = 0;  // a bit for each column whose cells differ, by Column
};

class Repeats {
 public:
  // Rows come in the order of the file. Cells as they count: fixed, when they are to be fixed.
  [[nodiscard]] Status add(const Row& row);

  // After the last row.
  [[nodiscard]] Status compare();

  // Those of the row, in the order of the rules; rows are asked for in the order of the file.
  [[nodiscard]] Status of(std::uint64_t number, std::vector<Repeat>& out);

  [[nodiscard]] std::uint64_t repeated_people() const { return repeated_people_; }
  [[nodiscard]] std::uint64_t repeated_ids() const { return repeated_ids_; }
  // Rows that only add an organization to a person.
  [[nodiscard]] std::uint64_t added_organizations() const { return added_organizations_; }

 private:
  static constexpr std::size_t kCompared = 10;

  struct PersonEntry {
    std::uint64_t key = 0;
    std::uint64_t organization = 0;
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    std::array<std::uint32_t, kCompared> fields{};
  };
  struct PairEntry {  // two things that belong together, such as an id and the person who has it
    std::uint64_t key = 0;
    std::uint64_t with = 0;
    std::uint64_t number = 0;
    std::uint64_t line = 0;
  };
  struct Compared {
    Column column = Column::email;
    bool of_person = true;  // else of the membership
  };
  static const std::array<Compared, kCompared> kColumnsCompared;

  [[nodiscard]] static std::uint32_t differing(const PersonEntry& earlier, const PersonEntry& later,
                                               bool of_person_only);
  [[nodiscard]] Status add_names(const Row& row, std::uint64_t organization, bool own);
  [[nodiscard]] Status compare_people(std::size_t partition);
  [[nodiscard]] Status judge(const PersonEntry& entry, const PersonEntry& first,
                             const PersonEntry* same);
  [[nodiscard]] Status compare_pairs(const Spill<PairEntry>& spill, Rule rule, bool every_row);

  Spill<PersonEntry> people_;
  Spill<PairEntry> ids_;         // external_id: the person
  Spill<PairEntry> names_;       // organization: its name
  Spill<PairEntry> same_names_;  // name: the organization
  std::vector<std::uint64_t> recent_ = std::vector<std::uint64_t>(4096);
  RowNotes<Repeat> notes_;
  std::uint64_t repeated_people_ = 0;
  std::uint64_t repeated_ids_ = 0;
  std::uint64_t added_organizations_ = 0;
};

}  // namespace usher::check
