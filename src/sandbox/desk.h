// SPDX-License-Identifier: Apache-2.0
// What every handler works with: the directory, the log of events, the maker of ids, the rules.
#pragma once

#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/directory.h"
#include "sandbox/events.h"
#include "sandbox/ids.h"
#include "sandbox/limiter.h"
#include "sandbox/sandbox.h"

namespace usher::sandbox {

struct Desk {
  explicit Desk(const Options& rules)
      : options(rules), ids(rules.seed), limiter(rules.limits), events(rules.events_kept) {}

  const Options& options;
  Directory directory;
  IdMaker ids;
  Limiter limiter;
  EventLog events;

  // Tells the log; `data` is the object as answered.
  void emit(std::string_view event, std::string_view data, WallTime now,
            std::optional<Ulid> organization = {}) {
    events.add({.id = ids.next(now),
                .name = event,
                .data = std::string(data),
                .created = now,
                .organization = organization});
  }
};

using Handler = Outcome (*)(Desk& desk, const Call& call);

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/organizations/{id}"
  Handler handler = nullptr;
};

}  // namespace usher::sandbox
