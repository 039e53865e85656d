// SPDX-License-Identifier: Apache-2.0
// The log of what happened, which audits read. Bounded: the oldest are forgotten.
// Tested by events_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sandbox/ids.h"

namespace usher::sandbox {

struct Event {
  Ulid id{};
  std::string_view name{};  // "user.created"; a literal
  std::string data{};       // the object, as JSON text
  WallTime created{};
  std::optional<Ulid> organization{};
};

class EventLog {
 public:
  explicit EventLog(std::size_t kept) : kept_(kept) {}

  void add(Event event) {
    const Ulid id = event.id;
    events_.emplace_hint(events_.end(), id, std::move(event));
    if (events_.size() > kept_) events_.erase(events_.begin());
  }
  [[nodiscard]] const std::map<Ulid, Event>& all() const { return events_; }

 private:
  std::size_t kept_;
  std::map<Ulid, Event> events_;
};

}  // namespace usher::sandbox
