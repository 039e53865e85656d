// SPDX-License-Identifier: Apache-2.0
#include "source/customers/item_index.h"

#include <cerrno>
#include <cstddef>
#include <string>

#include <unistd.h>

namespace usher::customers {
namespace {

const std::string kName = "index of the items (a temporary file)";

off_t place_of(std::uint64_t item) {
  return static_cast<off_t>((item - 1) * sizeof(IndexEntry));
}

}  // namespace

Result<ItemIndex> ItemIndex::make() {
  USHER_TRY_ASSIGN(Fd fd, unlinked_file());
  return ItemIndex(std::move(fd));
}

Status ItemIndex::add(const IndexEntry& entry) {
  block_.push_back(entry);
  ++size_;
  return block_.size() < kBlock ? Status{} : flush();
}

Status ItemIndex::flush() {
  const auto* const bytes = reinterpret_cast<const char*>(block_.data());
  Status done = write_all(fd_.get(), {bytes, block_.size() * sizeof(IndexEntry)}, kName);
  block_.clear();
  return done;
}

Status ItemIndex::read(std::uint64_t first, std::span<IndexEntry> entries) const {
  auto* at = reinterpret_cast<char*>(entries.data());
  std::size_t left = entries.size_bytes();
  off_t place = place_of(first);
  while (left > 0) {
    const ssize_t got = ::pread(fd_.get(), at, left, place);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error("cannot read", kName, errno));
    if (got == 0) return fail(kName + ": ends too early");
    at += got;
    place += got;
    left -= static_cast<std::size_t>(got);
  }
  return {};
}

Status ItemIndex::mark_bad(std::uint64_t item) {
  if (item == 0 || item > size_) return fail(kName + ": has no item " + std::to_string(item));
  const std::uint32_t bad = 1;
  const off_t place = place_of(item) + static_cast<off_t>(offsetof(IndexEntry, bad));
  while (::pwrite(fd_.get(), &bad, sizeof bad, place) < 0) {
    if (errno != EINTR) return std::unexpected(system_error("cannot write", kName, errno));
  }
  return {};
}

}  // namespace usher::customers
