// SPDX-License-Identifier: Apache-2.0
// How many different things there are among any number of them, in a memory that does not grow:
// 64-bit hashes, dealt to 256 partitions, which go to an unlinked temporary file block by block and
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
  DistinctCounter();

  // Fails when the temporary file cannot be written.
  [[nodiscard]] Status add(std::uint64_t hash) {
    std::uint64_t& seen = recent_[hash % kRecent];
    if (seen == hash) return {};
    seen = hash;
    Block& block = blocks_[hash >> 56U];
    block.hashes[block.used++] = hash;
    if (block.used < kBlock) return {};
    return spill(static_cast<unsigned>(hash >> 56U));
  }

  [[nodiscard]] Result<std::uint64_t> count() const;

 private:
  static constexpr std::size_t kRecent =
      4096;  // repeats near each other, as of an organization, are free
  static constexpr std::size_t kPartitions = 256;
  static constexpr std::size_t kBlock = 512;

  struct Block {
    std::uint32_t used = 0;
    std::array<std::uint64_t, kBlock> hashes;
  };

  [[nodiscard]] Status spill(unsigned partition);

  std::vector<std::uint64_t> recent_;
  std::unique_ptr<Block[]> blocks_;
  Fd file_;                           // opened when the first block is full
  std::vector<unsigned char> where_;  // the partition of each block in the file
};

}  // namespace usher
