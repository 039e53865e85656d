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
constexpr unsigned kInputBits = 12;
constexpr std::size_t kMostAlike = 256;  // persons of one record
static_assert(PickedRows::kMostInputs < 1U << kInputBits);

}  // namespace

std::uint32_t PickedRows::Entry::input() const {
  return static_cast<std::uint32_t>(place >> 1U) & ((1U << kInputBits) - 1U);
}

Status PickedRows::add(const PickLine& line) {
  const std::uint64_t input = std::min(line.input, kMostInputs);
  entries_.push_back({line.record == 0 ? kUnnumbered : line.record,
                      line.place << (kInputBits + 1) | input << 1U | (line.wanted ? 1U : 0U),
                      line.person});
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

Status PickedRows::finish(std::optional<std::uint32_t> input) {
  input_ = input;
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

// Without those of other inputs.
Result<std::optional<PickedRows::Entry>> PickedRows::chosen() {
  while (true) {
    USHER_TRY_ASSIGN(std::optional<Entry> entry, smallest());
    if (!entry || !input_ || entry->input() == 0 || entry->input() == *input_) return entry;
    if (entry->wanted()) ++of_others_;
  }
}

// A line takes the place of the one that it overtakes.
void PickedRows::join(const Entry& entry) {
  const auto same = std::ranges::find_if(alike_, [&entry](const Entry& other) {
    return (other.input() != 0 && entry.input() != 0) || other.person == entry.person;
  });
  if (same == alike_.end()) {
    if (!alike_.empty()) clash_ = entry.record;
    if (alike_.size() < kMostAlike) {
      alike_.push_back(entry);
      return;
    }
  }
  const auto gone = same == alike_.end() ? alike_.begin() : same;
  if (gone->wanted()) ++overtaken_;
  alike_.erase(gone);
  alike_.push_back(entry);
}

// All that is about the next record.
Status PickedRows::gather() {
  alike_.clear();
  given_ = 0;
  std::optional<Entry> entry = std::exchange(held_, std::nullopt);
  if (!entry) {
    USHER_TRY_ASSIGN(entry, chosen());
  }
  while (entry) {
    if (!alike_.empty() &&
        (entry->record != alike_.front().record || entry->record == kUnnumbered)) {
      held_ = entry;
      return {};
    }
    join(*entry);
    USHER_TRY_ASSIGN(entry, chosen());
  }
  return {};
}

Result<std::optional<Pick>> PickedRows::next() {
  while (true) {
    if (given_ == alike_.size()) USHER_TRY(gather());
    if (alike_.empty()) return std::nullopt;
    const Entry& entry = alike_[given_++];
    if (!entry.wanted()) continue;
    return Pick{entry.record == kUnnumbered ? 0 : entry.record, entry.place >> (kInputBits + 1)};
  }
}

}  // namespace usher::analysis
