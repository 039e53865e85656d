// SPDX-License-Identifier: Apache-2.0
// Several rows about one person in one organization as one row: the first is the base, later ones
// fill what it lacks. Roles and metadata are united, a password or a hash is never mixed with that
// of another row, and where rows disagree the first one stands and the disagreement is kept for the
// report, without secrets. Tested by merge_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/header.h"

namespace usher::check {

struct Conflict {
  std::string field;
  std::vector<std::string> values;  // the first few different ones; none of secrets
  std::string chosen;
  std::string_view strategy;
};

class Merge {
 public:
  using Cells = std::vector<std::string>;

  Merge() = default;
  Merge(std::uint64_t number, Cells base) : base_(std::move(base)), cells_(base_) {
    numbers_.push_back(number);
  }

  void add(std::uint64_t number, const Cells& later, const Header& header);

  [[nodiscard]] const Cells& cells() const { return cells_; }
  [[nodiscard]] const Cells& base() const { return base_; }  // as the first row had them
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::vector<std::uint64_t>& numbers() const { return numbers_; }  // the first
  [[nodiscard]] const std::vector<Conflict>& conflicts() const { return conflicts_; }
  [[nodiscard]] const std::vector<std::string>& metadata_merged() const { return merged_names_; }

 private:
  static constexpr std::size_t kMostNumbers = 1000;
  static constexpr std::size_t kMostConflicts = 50;
  static constexpr std::size_t kMostValues = 10;

  void fill(std::size_t at, const Cells& later, const std::string& name);
  void fill_verified(std::size_t at, const Cells& later);
  void fill_secrets(const Cells& later, const Layout& layout);
  void unite_roles(std::size_t at, const Cells& later);
  void unite_metadata(std::size_t at, const Cells& later);
  void note(const std::string& field, std::string_view mine, std::string_view other,
            std::string_view chosen, std::string_view strategy);
  void note_secret(const std::string& field);

  Cells base_;
  Cells cells_;
  std::uint64_t count_ = 1;
  std::vector<std::uint64_t> numbers_;
  std::vector<Conflict> conflicts_;
  std::vector<std::string> merged_names_;
};

// Members of `other` that `mine` lacks, added to it: `added` has their names, `differing` those
// that both have with different values (name, mine, other). Empty when either is no JSON object.
struct UnitedMetadata {
  std::string text;
  std::vector<std::string> added;
  struct Difference {
    std::string name;
    std::string mine;
    std::string other;
  };
  std::vector<Difference> differing;
};
[[nodiscard]] UnitedMetadata unite_metadata(std::string_view mine, std::string_view other);

}  // namespace usher::check
