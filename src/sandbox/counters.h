// SPDX-License-Identifier: Apache-2.0
// What the sandbox has seen, for tests and benchmarks that hold a client to its promises: answers
// by status and by address, the busiest second, the most requests at once. Tested by
// counters_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace usher::sandbox {

class Counters {
 public:
  explicit Counters(std::size_t routes) : by_route_(routes) {}

  void arrived(Instant now, std::size_t in_flight);
  void answered(int status);
  // A write that was carried out or refused by its handler; lost answers count too.
  void wrote(bool accepted) { ++(accepted ? accepted_ : refused_); }
  void routed(std::size_t number) { ++by_route_[number]; }
  void throttled() { ++throttled_; }

  [[nodiscard]] const std::vector<std::uint64_t>& by_route() const { return by_route_; }
  void write(JsonWriter& out) const;  // the fields of an open object

 private:
  std::uint64_t total_ = 0;
  std::array<std::uint64_t, 1000> by_status_{};
  std::vector<std::uint64_t> by_route_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t throttled_ = 0;
  std::size_t max_in_flight_ = 0;
  std::deque<Instant> last_second_;
  std::size_t busiest_second_ = 0;
};

}  // namespace usher::sandbox
