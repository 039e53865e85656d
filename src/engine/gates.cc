// SPDX-License-Identifier: Apache-2.0
#include "engine/gates.h"

#include <iterator>

namespace usher {

Gate& Gates::at(const Key& key, const StepRecord& known) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front();
  }
  Gate& gate = recent_.emplace_front();
  gate.key = key;
  gate.record = known;
  by_key_.emplace(key, recent_.begin());
  forget();
  return gate;
}

// Those that are waited for stay, and others go instead: what the store said when a row was fed is
// older than what the gate has learned since.
void Gates::forget() {
  auto oldest = recent_.end();
  while (recent_.size() > kept_ && oldest != std::next(recent_.begin())) {
    --oldest;
    if (oldest->resolving || oldest->wanted > 0) continue;
    by_key_.erase(oldest->key);
    oldest = recent_.erase(oldest);
  }
}

void Gates::clear() {
  by_key_.clear();
  recent_.clear();
}

}  // namespace usher
