// SPDX-License-Identifier: Apache-2.0
// Telling an outage from a bad request. While the target answers at all, a step that fails again
// and again is given up; when nothing is answered any more, every row would be given up within a
// minute. So after a run of failures without one answer the engine stops counting attempts, sends
// one request at a time as a probe, further and further apart, and goes on with the first answer.
// Until the target has spoken for the first time, one failure is enough: no row can be to blame.
// After a bounded time the run ends, resumable. Reads no clock. Tested by outage_test.cc.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace usher {

class Outage {
 public:
  static constexpr int kFailuresInARow = 20;
  static constexpr Duration kFirstPause = std::chrono::seconds{1};
  static constexpr Duration kLongestPause = std::chrono::seconds{30};
  static constexpr Duration kLongestPauseAtStart = std::chrono::seconds{2};
  static constexpr Duration kGiveUp = std::chrono::minutes{10};
  static constexpr Duration kGiveUpAtStart = std::chrono::seconds{20};  // nothing was ever answered

  [[nodiscard]] bool on() const {
    return failures_ >= kFailuresInARow || (failures_ > 0 && !ever_answered_);
  }

  [[nodiscard]] bool ever_answered() const { return ever_answered_; }

  void answered() {
    ever_answered_ = true;
    failures_ = 0;
    pauses_ = 0;
    paused_until_ = {};
  }

  // One more without a useful answer; `heard`: the target spoke, if only to say "later".
  // The pause to make, once it is an outage. What fails during a pause had left before it: it tells
  // nothing new, and does not make the pause longer.
  [[nodiscard]] std::optional<Duration> failed(Instant now, bool heard) {
    ever_answered_ = ever_answered_ || heard;
    if (failures_ == 0) since_ = now;
    ++failures_;
    if (!on()) return std::nullopt;
    if (now < paused_until_) return paused_until_ - now;
    const Duration longest = ever_answered_ ? kLongestPause : kLongestPauseAtStart;
    const Duration pause = std::min(kFirstPause * (1 << std::min(pauses_, 5)), longest);
    ++pauses_;
    paused_until_ = now + pause;
    return pause;
  }

  // When it has lasted too long; nothing while it is none.
  [[nodiscard]] std::optional<Instant> hopeless_at() const {
    if (!on()) return std::nullopt;
    return since_ + (ever_answered_ ? kGiveUp : kGiveUpAtStart);
  }
  [[nodiscard]] bool hopeless(Instant now) const {
    const auto when = hopeless_at();
    return when && now >= *when;
  }

 private:
  int failures_ = 0;
  int pauses_ = 0;
  bool ever_answered_ = false;
  Instant since_{};
  Instant paused_until_{};
};

}  // namespace usher
