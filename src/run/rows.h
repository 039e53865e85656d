// SPDX-License-Identifier: Apache-2.0
// The rows of the input on their way to the engine: read, mapped, checked against the API's limits,
// keyed, and remembered with their cells until they end. Rows that fail on the way end here.
// Tested by rows_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "engine/import.h"
#include "model/failure.h"
#include "model/row_record.h"
#include "run/input.h"
#include "run/user_import.h"
#include "store/store.h"

namespace usher {

class Rows {
 public:
  static constexpr unsigned kPartitions = 64;  // people are dealt to them by their hash
  // Which rows are worked on. As it is: all of them.
  struct Scope {
    std::string hash_key;    // of the job; empty: a new one
    Store* store = nullptr;  // which rows need no work, what the others said; null: all do
    std::uint32_t run = 0;   // that is under way: what failed in it is not tried again
    std::uint64_t partitions = ~0ULL;  // bit p: people with hash(e-mail) % kPartitions == p
  };
  [[nodiscard]] static Result<std::unique_ptr<Rows>> open(const UserImportOptions& options,
                                                          Scope scope, int stop_fd);

  [[nodiscard]] Mode mode() const { return input_.mapping.mode(); }
  [[nodiscard]] const std::vector<std::string>& header() const { return input_.header; }
  [[nodiscard]] const std::vector<std::string>& header_warnings() const {
    return input_.mapping.warnings();
  }

  struct Next {
    enum class Kind { row, bad, end } kind = Kind::end;
    Candidate candidate;  // row: without what the store knows
    std::uint64_t record = 0;
    Failure failure;  // bad
  };
  // Warnings about the row are appended.
  [[nodiscard]] Result<Next> next(std::vector<std::string>& warnings);
  // What the next row says, as digests; nothing at the end. Instead of next().
  [[nodiscard]] Result<std::optional<RowPrint>> next_print();
  // The row under way had failed in an earlier run.
  [[nodiscard]] bool again(std::uint64_t record) const;
  // Of the input; 0 when it can be read only once, or is not known.
  [[nodiscard]] std::uint64_t size() const { return input_.reader.size(); }
  // Reads on to the end and counts what is there.
  [[nodiscard]] Result<std::uint64_t> count_rest();

  // Gives the cells of a row under way to `tell` and forgets them.
  void forget(std::uint64_t record) { held_.erase(record); }
  [[nodiscard]] Status tell(std::uint64_t record, const Failure& failure, WallTime at,
                            Observer& observer);

 private:
  Rows(Input input, Scope scope);

  // Cells one after the other: two allocations a row instead of one a cell.
  struct Held {
    std::uint64_t line = 0;
    std::string bytes;
    std::vector<std::uint32_t> ends;
    OrgRef org;
    std::string email;
    bool again = false;
  };
  static Held hold(const csv::Record& record);
  struct Read {
    csv::Record record;
    RowState known;
  };
  // The next row that needs work.
  [[nodiscard]] Result<std::optional<Read>> read();
  std::optional<Failure> map(const csv::Record& record, UserRow& row,
                             std::vector<std::string>& warnings);
  [[nodiscard]] Key key_of_unusable(const csv::Record& record) const;
  [[nodiscard]] std::uint64_t digest_of_unusable(const csv::Record& record) const;
  [[nodiscard]] static Error changed_meanwhile(const csv::Record& record);
  [[nodiscard]] std::string_view email_cell(const csv::Record& record) const;
  [[nodiscard]] bool is_ours(const Key& person) const {
    return (scope_.partitions >> (person.head() % kPartitions) & 1U) != 0;
  }

  Input input_;
  Scope scope_;
  Hasher hasher_;
  std::size_t email_column_ = 0;
  std::unordered_map<std::uint64_t, Held> held_;
};

}  // namespace usher
