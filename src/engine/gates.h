// SPDX-License-Identifier: Apache-2.0
// One gate for each organization: its outcome, and the lanes that wait for it. The most recently
// used stay in memory, so that an organization of a million rows is looked up once and a million
// organizations do not fill the memory. Tested by gates_test.cc.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <vector>

#include "model/failure.h"
#include "model/step_record.h"
#include "model/user_row.h"

namespace usher {

struct Lane;

// The first row that wants it starts its step as soon as it is fed, wherever it stands in its lane,
// so that organizations are met in the order of the file (engine/name_turns.h). The others wait.
struct Gate {
  Key key;
  OrgRef wish;  // of the row that started it
  StepRecord record;
  Failure failure;         // message empty: it has not failed
  bool resolving = false;  // or waiting for its turn
  std::size_t wanted = 0;  // by rows that have not come to it, or wait at it
  std::vector<Lane*> waiting;
};

class Gates {
 public:
  explicit Gates(std::size_t kept) : kept_(kept) {}

  // `known` is what the store says, for a gate that is not in memory. The reference is good until
  // the next call, and while the gate is resolving or wanted.
  Gate& at(const Key& key, const StepRecord& known);
  [[nodiscard]] bool knows(const Key& key) const { return by_key_.contains(key); }
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }
  void clear();

 private:
  void forget();

  std::size_t kept_;
  std::list<Gate> recent_;  // the most recent first
  std::unordered_map<Key, std::list<Gate>::iterator, Hash128Hasher> by_key_;
};

}  // namespace usher
