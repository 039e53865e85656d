// SPDX-License-Identifier: Apache-2.0
// Where every item stands, one entry of 32 bytes each, in a file without a name: memory does not
// grow with the input. Tested by inputs_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace usher::customers {

struct IndexEntry {
  std::uint64_t offset = 0;
  std::uint64_t digest = 0;  // of the item's bytes
  std::uint64_t line = 0;
  std::uint32_t length = 0;
  std::uint32_t bad = 0;
};
static_assert(sizeof(IndexEntry) == 32);

class ItemIndex {
 public:
  ItemIndex() = default;  // of nothing yet
  [[nodiscard]] static Result<ItemIndex> make();
  [[nodiscard]] bool is_made() const { return static_cast<bool>(fd_); }

  [[nodiscard]] Status add(const IndexEntry& entry);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Status flush();

  // Only once flushed. Items are numbered from 1.
  [[nodiscard]] Status read(std::uint64_t first, std::span<IndexEntry> entries) const;
  [[nodiscard]] Status mark_bad(std::uint64_t item);

 private:
  explicit ItemIndex(Fd fd) : fd_(std::move(fd)) {}
  static constexpr std::size_t kBlock = 2048;  // entries

  Fd fd_;
  std::vector<IndexEntry> block_;
  std::uint64_t size_ = 0;
};

}  // namespace usher::customers
