// SPDX-License-Identifier: Apache-2.0
#include "source/distinct.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <unistd.h>

namespace usher {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ULL;

// Both halves of a product: every bit of the input reaches every bit of the result in two rounds.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// Eight ASCII letters at once; bytes beyond ASCII stay.
std::uint64_t lower_eight(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  const std::uint64_t low = word & (0x7F * kOnes);
  const std::uint64_t from_a = low + (0x80 - 'A') * kOnes;
  const std::uint64_t past_z = low + (0x80 - 'Z' - 1) * kOnes;
  const std::uint64_t capitals = (from_a ^ past_z) & ~word & (0x80 * kOnes);
  return word | (capitals >> 2U);
}

template <class Change>
std::uint64_t hash_words(std::string_view text, std::uint64_t seed, Change change) {
  std::uint64_t state = seed ^ fold(text.size() ^ kOdd, 0xd6e8feb86659fd93ULL);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    state = fold(state ^ change(word), kOdd);
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    state = fold(state ^ change(word), 0xc2b2ae3d27d4eb4fULL);
  }
  return fold(state ^ 0x165667b19e3779f9ULL, kOdd);
}

// A set of hashes in one table, which is used again and grows when more come than were expected.
class Table {
 public:
  void clear(std::size_t expected) {
    slots_.assign(std::bit_ceil(expected * 2 + 8), 0);
    different_ = 0;
  }
  void add(std::uint64_t hash) {
    hash = hash == 0 ? 1 : hash;  // 0 marks an empty slot
    std::uint64_t& slot = find(hash);
    if (slot == hash) return;
    slot = hash;
    if (++different_ * 4 > slots_.size() * 3) grow();
  }
  [[nodiscard]] std::uint64_t different() const { return different_; }

 private:
  std::uint64_t& find(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) & mask;
    return slots_[slot];
  }
  void grow() {
    const auto old = std::exchange(slots_, std::vector<std::uint64_t>(slots_.size() * 2, 0));
    for (const std::uint64_t hash : old) {
      if (hash != 0) find(hash) = hash;
    }
  }

  std::vector<std::uint64_t> slots_;
  std::uint64_t different_ = 0;
};

}  // namespace

std::uint64_t quick_hash(std::string_view text, std::uint64_t seed) {
  return hash_words(text, seed, [](std::uint64_t word) { return word; });
}

std::uint64_t quick_hash_ignoring_case(std::string_view text, std::uint64_t seed) {
  return hash_words(text, seed, lower_eight);
}

std::uint64_t quick_hash_pair(std::uint64_t first, std::uint64_t second) {
  return fold(fold(first ^ kOdd, 0xc2b2ae3d27d4eb4fULL) ^ second, kOdd);
}

DistinctCounter::DistinctCounter(std::size_t recent)
    : recent_(recent, 0), blocks_(std::make_unique_for_overwrite<Block[]>(kPartitions)) {}

Status DistinctCounter::spill(unsigned partition) {
  if (!file_) {
    USHER_TRY_ASSIGN(file_, unlinked_file());
  }
  Block& block = blocks_[partition];
  constexpr std::size_t kBytes = kBlock * sizeof(std::uint64_t);
  std::size_t done = 0;
  while (done < kBytes) {
    const char* rest = reinterpret_cast<const char*>(block.hashes.data()) + done;
    const ssize_t written = ::write(file_.get(), rest, kBytes - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return std::unexpected(system_error("cannot write", "a temporary file", errno));
    }
    done += static_cast<std::size_t>(written);
  }
  where_.push_back(static_cast<unsigned char>(partition));
  block.used = 0;
  return {};
}

// Calls `visit` with every hash of a partition, those in the file first.
template <class Visit>
Status DistinctCounter::each(std::size_t partition, const std::vector<std::uint32_t>& spilled,
                             Visit visit) const {
  std::array<std::uint64_t, kBlock> hashes;
  for (const std::uint32_t block : spilled) {
    const auto offset = static_cast<off_t>(block * sizeof hashes);
    if (::pread(file_.get(), hashes.data(), sizeof hashes, offset) !=
        static_cast<ssize_t>(sizeof hashes)) {
      return std::unexpected(system_error("cannot read", "a temporary file", errno));
    }
    for (const std::uint64_t hash : hashes) visit(hash);
  }
  const Block& last = blocks_[partition];
  for (std::uint32_t i = 0; i < last.used; ++i) visit(last.hashes[i]);
  return {};
}

Result<std::uint64_t> DistinctCounter::count() const {
  std::array<std::vector<std::uint32_t>, kPartitions> spilled;
  for (std::size_t i = 0; i < where_.size(); ++i) {
    spilled[where_[i]].push_back(static_cast<std::uint32_t>(i));
  }
  std::uint64_t total = 0;
  Table table;
  for (std::size_t p = 0; p < kPartitions; ++p) {
    const std::size_t size = spilled[p].size() * kBlock + blocks_[p].used;
    // A large partition is read several times, each time for a part of its hashes.
    const std::size_t parts = std::bit_ceil(size / kMostAtOnce + 1);
    for (std::size_t part = 0; part < parts; ++part) {
      table.clear(size / parts);
      USHER_TRY(each(p, spilled[p], [&](std::uint64_t hash) {
        if (((hash >> kPartShift) & (parts - 1)) == part) table.add(hash);
      }));
      total += table.different();
    }
  }
  return total;
}

}  // namespace usher
