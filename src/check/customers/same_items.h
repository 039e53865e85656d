// SPDX-License-Identifier: Apache-2.0
// Customers that come twice, in one file or in several: by id, by what they sign in with (the
// username, or the default e-mail for want of one), and by default e-mail. Items are reduced to
// hashes and compared partition by partition, so memory does not grow; a collision of 64-bit hashes
// is the only way to be wrong. Tested by item_check_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "check/row_notes.h"
#include "check/spill.h"
#include "model/customer.h"

namespace usher::check {

// A bit for each item; memory only where there is one.
class ItemFlags {
 public:
  void set(std::uint64_t item) {
    const std::size_t chunk = item >> kShift;
    if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
    if (!chunks_[chunk]) chunks_[chunk] = std::make_unique<Chunk>();
    (*chunks_[chunk])[item >> 6U & kMask] |= std::uint64_t{1} << (item & 63U);
  }
  [[nodiscard]] bool has(std::uint64_t item) const {
    const std::size_t chunk = item >> kShift;
    if (chunk >= chunks_.size() || !chunks_[chunk]) return false;
    return ((*chunks_[chunk])[item >> 6U & kMask] >> (item & 63U) & 1U) != 0;
  }

 private:
  static constexpr unsigned kShift = 15;
  static constexpr std::uint64_t kMask = (1U << (kShift - 6)) - 1;
  using Chunk = std::array<std::uint64_t, kMask + 1>;
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

// An item that names somebody whom an earlier one has named.
struct SameItem {
  enum class By : std::uint8_t { id, login, email } by = By::id;
  bool error = false;        // it would meet a CONFLICT
  std::uint64_t number = 0;  // of all items
  std::uint64_t earlier = 0;
  std::uint64_t line = 0;
};

class SameItems {
 public:
  // Items come in order; those that will not be sent do not come.
  [[nodiscard]] Status add(std::uint64_t number, std::uint64_t line,
                           const customers::Identity& identity);
  // After the last item. Those in error are set in `bad`, and are in nobody's way any more.
  [[nodiscard]] Status compare(ItemFlags& bad);
  // Of the item, the gravest first; items are asked for in order.
  [[nodiscard]] Status of(std::uint64_t number, std::vector<SameItem>& out);
  [[nodiscard]] bool any() const { return any_; }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t number = 0;
    std::uint32_t line = 0;
    customers::Change change = customers::Change::none;
  };
  using By = SameItem::By;

  [[nodiscard]] Status add_key(By by, std::string_view text, Entry entry);
  [[nodiscard]] Status compare_partition(By by, std::size_t partition, ItemFlags& bad);

  std::array<Spill<Entry>, 3> entries_;
  RowNotes<SameItem> notes_;
  bool any_ = false;
};

}  // namespace usher::check
