// SPDX-License-Identifier: Apache-2.0
#include "sandbox/counters.h"

#include <algorithm>

namespace usher::sandbox {

void Counters::arrived(Instant now, std::size_t in_flight) {
  ++total_;
  max_in_flight_ = std::max(max_in_flight_, in_flight);
  while (!last_second_.empty() && now - last_second_.front() >= std::chrono::seconds(1)) {
    last_second_.pop_front();
  }
  last_second_.push_back(now);
  busiest_second_ = std::max(busiest_second_, last_second_.size());
}

void Counters::answered(int status) {
  ++by_status_[static_cast<std::size_t>(std::clamp(status, 0, 999))];
}

void Counters::write(JsonWriter& out) const {
  out.field("total", total_).key("by_status").open_object();
  for (std::size_t status = 0; status < by_status_.size(); ++status) {
    if (by_status_[status] > 0) out.field(std::to_string(status), by_status_[status]);
  }
  out.close_object();
  out.field("writes_accepted", accepted_).field("writes_refused", refused_);
  out.field("throttled", throttled_).field("max_in_flight", std::uint64_t{max_in_flight_});
  out.field("busiest_second", std::uint64_t{busiest_second_});
}

}  // namespace usher::sandbox
