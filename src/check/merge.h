// SPDX-License-Identifier: Apache-2.0
// Several rows about one person in one organization as one row: the first is the base, later ones
// fill what it lacks. Roles and metadata are united, a password or a hash is never mixed with that
// of another row, and where rows disagree the first one stands and the disagreement is kept for the
// report, without secrets. All rows are good ones, and together they must be one: what would be
// more than the API takes stays a row of its own. Tested by merge_test.cc, dedupe_loss_test.cc.
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
  struct Member {  // of metadata
    std::string name;
    std::string value;  // as written
  };

  Merge() = default;
  Merge(std::uint64_t number, Cells base) : base_(std::move(base)), cells_(base_) {
    numbers_.push_back(number);
  }

  // False: together they would be too much, and the later one is left alone.
  [[nodiscard]] bool add(std::uint64_t number, const Cells& later, const Header& header);

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
  static constexpr std::size_t kMostRoles = 256;
  static constexpr std::size_t kMostBytes = 1 << 20;  // a record may have four times as many

  // What is united instead of chosen, kept apart so that no cell is read twice.
  struct United {
    std::vector<std::string> roles;
    std::vector<Member> metadata;
  };
  [[nodiscard]] static bool read(const Cells& cells, const Layout& layout, United& values);
  [[nodiscard]] bool fits(const Cells& later, const United& more) const;

  void fill(std::size_t at, const Cells& later, const std::string& name);
  void fill_verified(std::size_t at, const Cells& later);
  void fill_secrets(const Cells& later, const Layout& layout);
  void unite_roles(std::size_t at, const Cells& later, const std::vector<std::string>& more);
  void unite_metadata(std::size_t at, const Cells& later, const std::vector<Member>& more);
  void note(const std::string& field, std::string_view mine, std::string_view other,
            std::string_view chosen, std::string_view strategy);
  void note_secret(const std::string& field);

  Cells base_;
  Cells cells_;
  United united_;
  std::uint64_t count_ = 1;
  std::vector<std::uint64_t> numbers_;
  std::vector<Conflict> conflicts_;
  std::vector<std::string> merged_names_;
};

}  // namespace usher::check
