// SPDX-License-Identifier: Apache-2.0
// Any number of small values, dealt to partitions, in a memory that does not grow: full blocks go
// to an unlinked temporary file, and come back partition by partition, in the order in which they
// were added. Tested by spill_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace usher::check {

// Blocks of one size in a file without a name, which is made when the first one comes.
class BlockFile {
 public:
  explicit BlockFile(std::size_t block) : block_(block) {}

  [[nodiscard]] Result<std::uint32_t> add(const void* bytes);  // its number
  [[nodiscard]] Status read(std::uint32_t number, void* bytes) const;

 private:
  std::size_t block_;
  std::uint32_t count_ = 0;
  Fd file_;
};

template <class T>
class Spill {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Spill() : file_(sizeof(T) * kBlock) {}

  [[nodiscard]] Status add(std::size_t partition, const T& value) {
    if (partition >= partitions_.size()) partitions_.resize(partition + 1);
    Partition& into = partitions_[partition];
    if (!into.open) into.open = std::make_unique_for_overwrite<T[]>(kBlock);
    into.open[into.used++] = value;
    if (into.used < kBlock) return {};
    USHER_TRY_ASSIGN(const std::uint32_t number, file_.add(into.open.get()));
    into.full.push_back(number);
    into.used = 0;
    return {};
  }

  [[nodiscard]] std::size_t partitions() const { return partitions_.size(); }
  [[nodiscard]] std::uint64_t size(std::size_t partition) const {
    if (partition >= partitions_.size()) return 0;
    return partitions_[partition].full.size() * kBlock + partitions_[partition].used;
  }

  // Calls `visit` with every value of the partition.
  template <class Visit>
  [[nodiscard]] Status each(std::size_t partition, Visit visit) const {
    if (partition >= partitions_.size()) return {};
    const Partition& from = partitions_[partition];
    auto block = std::make_unique_for_overwrite<T[]>(kBlock);
    for (const std::uint32_t number : from.full) {
      USHER_TRY(file_.read(number, block.get()));
      for (std::size_t i = 0; i < kBlock; ++i) visit(block[i]);
    }
    for (std::size_t i = 0; i < from.used; ++i) visit(from.open[i]);
    return {};
  }

 private:
  static constexpr std::size_t kBlock = 64;

  struct Partition {
    std::unique_ptr<T[]> open;
    std::uint32_t used = 0;
    std::vector<std::uint32_t> full;
  };

  BlockFile file_;
  std::vector<Partition> partitions_;
};

}  // namespace usher::check
