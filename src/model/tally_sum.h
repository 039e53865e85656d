// SPDX-License-Identifier: Apache-2.0
// Adding up the tallies of several processes. Tested by run/job/words_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tally.h"

namespace usher {

// Every count of a tally, once.
template <class T, class Use>
void each_count(T& tally, Use use) {
  use(tally.rows.read);
  use(tally.rows.created);
  use(tally.rows.unchanged);
  use(tally.rows.failed);
  use(tally.rows.not_tried);
  for (auto* things : {&tally.users, &tally.memberships, &tally.organizations}) {
    use(things->created);
    use(things->already_there);
    use(things->updated);
    use(things->failed);
  }
  use(tally.roles_assigned);
  use(tally.warnings);
  use(tally.traffic.requests);
  use(tally.traffic.writes);
  use(tally.traffic.retries);
  use(tally.traffic.throttled);
  use(tally.traffic.looked_up);
}

inline void add(Tally& sum, const Tally& more) {
  std::vector<std::uint64_t> counts;
  each_count(more, [&](const std::uint64_t& count) { counts.push_back(count); });
  std::size_t i = 0;
  each_count(sum, [&](std::uint64_t& count) { count += counts[i++]; });
}

}  // namespace usher
