// SPDX-License-Identifier: Apache-2.0
#include "source/customers/item_index.h"

#include <cerrno>
#include <cstddef>
#include <string>

#include <unistd.h>

#include "source/customers/input_bytes.h"

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
  const std::span<char> bytes(reinterpret_cast<char*>(entries.data()), entries.size_bytes());
  return read_exactly(fd_.get(), static_cast<std::uint64_t>(place_of(first)), bytes, kName);
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
