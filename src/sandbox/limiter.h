// SPDX-License-Identifier: Apache-2.0
// The published rate windows as a server applies them (workos: 6,000/60 s per key; under
// /user_management/ 1,000 reads and 500 writes per 10 s per environment; 50 organization deletes
// per 60 s), all of which must pass. Fixed, sliding or token bucket, since the real one is
// unpublished. Reads no clock. Tested by limiter_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace usher::sandbox {

enum class Window { fixed, sliding, token_bucket };

struct Limit {
  std::string name;  // "user-management writes"
  std::uint32_t requests = 0;
  Duration per{};
};

class Limiter {
 public:
  struct Options {
    enum class Rate { off, real, flat } rate = Rate::off;
    std::uint32_t flat_per_second = 0;  // with Rate::flat: one window over everything
    double scale = 1.0;                 // every limit times this (0.1: a tenth), at least 1 request
    Window window = Window::sliding;
  };
  explicit Limiter(Options options);
  ~Limiter();

  // A request counts only when every window admits it. Refused: the wait until one would pass.
  [[nodiscard]] std::optional<Duration> refuse(std::string_view method, std::string_view path,
                                               std::string_view key, Instant now);
  // Per-address limits of sending and signing in, by name ("authenticate 10/60 s") and subject.
  [[nodiscard]] std::optional<Duration> refuse_subject(std::string_view what,
                                                       std::uint32_t requests, Duration per,
                                                       std::string_view subject, Instant now);
  void reset();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::sandbox
