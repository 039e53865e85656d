// SPDX-License-Identifier: Apache-2.0
// How many different things there are among any number of them, in a memory that does not grow:
// 64-bit hashes, dealt to 64 partitions, which go to an unlinked temporary file block by block and
// are counted one partition after the other. Exact but for hash collisions (one in a million for
// ten million things). Tested by distinct_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace usher {

// Fast, the same on every machine, not for secrets. `seed` chains several texts into one hash.
[[nodiscard]] std::uint64_t quick_hash(std::string_view text, std::uint64_t seed);
// As if ASCII capitals were small letters.
[[nodiscard]] std::uint64_t quick_hash_ignoring_case(std::string_view text, std::uint64_t seed);

// Of two hashes; the order matters.
[[nodiscard]] std::uint64_t quick_hash_pair(std::uint64_t first, std::uint64_t second);

class DistinctCounter {
 public:
  // `recent`: how many of the last hashes are remembered, so that repeats near each other (as of an
  // organization) cost nothing.
  explicit DistinctCounter(std::size_t recent = 256);

  // Fails when the temporary file cannot be written.
  [[nodiscard]] Status add(std::uint64_t hash) {
    std::uint64_t& seen = recent_[hash % recent_.size()];
    if (seen == hash) return {};
    seen = hash;
    Block& block = blocks_[hash >> kShift];
    block.hashes[block.used++] = hash;
    if (block.used < kBlock) return {};
    return spill(static_cast<unsigned>(hash >> kShift));
  }

  [[nodiscard]] Result<std::uint64_t> count() const;

 private:
  static constexpr unsigned kShift = 58;
  static constexpr std::size_t kPartitions = std::size_t{1} << (64 - kShift);
  static constexpr std::size_t kBlock = 512;
  static constexpr std::size_t kMostAtOnce = 256 << 10;  // hashes looked at together: some MiB
  static constexpr unsigned kPartShift = 32;  // bits that choose neither partition nor slot

  struct Block {
    std::uint32_t used = 0;
    std::array<std::uint64_t, kBlock> hashes;
  };

  [[nodiscard]] Status spill(unsigned partition);
  template <class Visit>
  [[nodiscard]] Status each(std::size_t partition, const std::vector<std::uint32_t>& spilled,
                            Visit visit) const;

  std::vector<std::uint64_t> recent_;
  std::unique_ptr<Block[]> blocks_;
  Fd file_;                           // opened when the first block is full
  std::vector<unsigned char> where_;  // the partition of each block in the file
};

}  // namespace usher
