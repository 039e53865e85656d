// SPDX-License-Identifier: Apache-2.0
// The wish that a run shall end, as whoever started it sends it: one byte asks it to stop admitting
// and to await what is in flight, a second one to leave at once. Tested by tests/scenarios.
#pragma once

namespace usher {

class StopSignal {
 public:
  explicit StopSignal(int fd) : fd_(fd) {}

  // Takes what has come since.
  void hear();
  [[nodiscard]] bool asked() const { return bytes_ > 0; }
  [[nodiscard]] bool stop() const { return bytes_ > 0 || gone_; }
  // At once: asked twice, or nobody is there any more who could ask.
  [[nodiscard]] bool leave() const { return bytes_ > 1 || gone_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  int bytes_ = 0;
  bool gone_ = false;
};

}  // namespace usher
