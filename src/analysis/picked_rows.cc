// SPDX-License-Identifier: Apache-2.0
#include "analysis/picked_rows.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace usher::analysis {
namespace {

constexpr std::size_t kReadAtOnce = 512;  // entries of a run
constexpr std::uint64_t kUnnumbered = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Status PickedRows::add(std::uint64_t record, std::uint64_t place, bool wanted) {
  if (record == 0) record = kUnnumbered;
  entries_.push_back({record, place << 1U | (wanted ? 1U : 0U)});
  return entries_.size() < at_once_ ? Status{} : spill();
}

Status PickedRows::spill() {
  if (!file_) {
    USHER_TRY_ASSIGN(file_, unlinked_file());
  }
  std::ranges::sort(entries_);
  const std::string_view bytes(reinterpret_cast<const char*>(entries_.data()),
                               entries_.size() * sizeof(Entry));
  USHER_TRY(write_all(file_.get(), bytes, "a temporary file"));
  runs_.push_back({.at = spilt_, .end = spilt_ + entries_.size()});
  spilt_ += entries_.size();
  entries_.clear();
  return {};
}

Status PickedRows::refill(Run& run) const {
  run.used = 0;
  run.read.resize(std::min<std::uint64_t>(kReadAtOnce, run.end - run.at));
  auto* bytes = reinterpret_cast<char*>(run.read.data());
  const std::size_t size = run.read.size() * sizeof(Entry);
  for (std::size_t done = 0; done < size;) {
    const auto offset = static_cast<off_t>(run.at * sizeof(Entry) + done);
    const ssize_t got = ::pread(file_.get(), bytes + done, size - done, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(system_error("cannot read", "a temporary file", errno));
    done += static_cast<std::size_t>(got);
  }
  run.at += run.read.size();
  return {};
}

Status PickedRows::finish() {
  if (runs_.empty()) {
    if (!std::ranges::is_sorted(entries_)) std::ranges::sort(entries_);
    return {};
  }
  if (!entries_.empty()) USHER_TRY(spill());
  entries_.shrink_to_fit();
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    USHER_TRY(refill(runs_[i]));
    heap_.push_back(i);
  }
  std::ranges::make_heap(heap_, std::ranges::greater{},
                         [this](std::size_t i) { return runs_[i].read[runs_[i].used]; });
  return {};
}

Result<std::optional<PickedRows::Entry>> PickedRows::smallest() {
  if (runs_.empty()) {
    if (used_ == entries_.size()) return std::nullopt;
    return entries_[used_++];
  }
  if (heap_.empty()) return std::nullopt;
  const auto first = [this](std::size_t i) { return runs_[i].read[runs_[i].used]; };
  std::ranges::pop_heap(heap_, std::ranges::greater{}, first);
  Run& run = runs_[heap_.back()];
  const Entry entry = run.read[run.used++];
  if (run.used == run.read.size() && run.at < run.end) USHER_TRY(refill(run));
  if (run.used == run.read.size()) {
    heap_.pop_back();
  } else {
    std::ranges::push_heap(heap_, std::ranges::greater{}, first);
  }
  return entry;
}

Result<std::optional<Pick>> PickedRows::next() {
  while (true) {
    std::optional<Entry> first = std::exchange(held_, std::nullopt);
    if (!first) {
      USHER_TRY_ASSIGN(first, smallest());
    }
    if (!first) return std::nullopt;
    Entry entry = *first;
    while (true) {
      USHER_TRY_ASSIGN(const std::optional<Entry> after, smallest());
      held_ = after;
      if (!after || after->record != entry.record || entry.record == kUnnumbered) break;
      ++overtaken_;
      entry = *after;
    }
    if ((entry.place & 1U) == 0) continue;
    return Pick{entry.record == kUnnumbered ? 0 : entry.record, entry.place >> 1U};
  }
}

}  // namespace usher::analysis
