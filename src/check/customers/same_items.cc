// SPDX-License-Identifier: Apache-2.0
#include "check/customers/same_items.h"

#include <algorithm>
#include <limits>

#include "check/first_seen.h"
#include "check/partitions.h"
#include "source/distinct.h"

namespace usher::check {

using customers::Change;

Status SameItems::add_key(By by, std::string_view text, Entry entry) {
  if (text.empty()) return {};
  entry.key = quick_hash(text, 0);
  return entries_[static_cast<std::size_t>(by)].add(partition_of(entry.key), entry);
}

Status SameItems::add(std::uint64_t number, std::uint64_t line,
                      const customers::Identity& identity) {
  constexpr std::uint64_t kMostLine = std::numeric_limits<std::uint32_t>::max();
  const Entry entry{0, number, static_cast<std::uint32_t>(std::min(line, kMostLine)),
                    identity.change};
  USHER_TRY(add_key(By::id, identity.id, entry));
  USHER_TRY(
      add_key(By::login, identity.username.empty() ? identity.email : identity.username, entry));
  return add_key(By::email, identity.email, entry);
}

// A CREATE meets whoever was made, or at least not deleted, before it. Everything else about one
// customer is a matter of order, and requests run side by side.
Status SameItems::compare_partition(By by, std::size_t partition, ItemFlags& bad) {
  const Spill<Entry>& spill = entries_[static_cast<std::size_t>(by)];
  FirstSeen<Entry> firsts;
  FirstSeen<Entry> present;
  const std::uint64_t size = spill.size(partition);
  const std::size_t parts = parts_of(size);
  for (std::size_t part = 0; part < parts; ++part) {
    firsts.clear(size / parts);
    present.clear(size / parts);
    Status done;
    USHER_TRY(spill.each(partition, [&](const Entry& entry) {
      if (!in_part(entry.key, part, parts) || !done || bad.has(entry.number)) return;
      const auto [first, is_first] = firsts.meet(entry);
      SameItem same{by, false, entry.number, first->number, entry.line};
      if (entry.change != Change::del) {
        const auto [there, is_new] = present.meet(entry);
        same.error = !is_new && entry.change == Change::create;
        if (same.error) same.earlier = there->number;
      }
      if (is_first) return;
      any_ = true;
      if (same.error) bad.set(entry.number);
      done = notes_.add(same);
    }));
    USHER_TRY(done);
  }
  return {};
}

Status SameItems::compare(ItemFlags& bad) {
  for (const By by : {By::id, By::login, By::email}) {
    const std::size_t partitions = entries_[static_cast<std::size_t>(by)].partitions();
    for (std::size_t partition = 0; partition < partitions; ++partition) {
      USHER_TRY(compare_partition(by, partition, bad));
    }
  }
  return {};
}

Status SameItems::of(std::uint64_t number, std::vector<SameItem>& out) {
  return notes_.of(number, out, [](const SameItem& a, const SameItem& b) {
    return a.error != b.error ? a.error : a.by < b.by;
  });
}

}  // namespace usher::check
