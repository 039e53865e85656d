// SPDX-License-Identifier: Apache-2.0
// What the import machine (import.cc) holds of the rows under way: a lane for each person. Plain
// values.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/import.h"

namespace usher {

struct Gate;

// Where a row stands. Each stage is left when its step is settled.
enum class Stage { organization, user, membership };

struct Row {
  Candidate candidate;
  Stage stage = Stage::organization;
  Gate* gate = nullptr;  // of its organization, until it has passed
  std::string organization_id;
  bool begun = false;  // one of its own steps has been started
  bool wrote = false;  // its user step did, so it must be finished
  bool made_something = false;
  bool made_user = false;
  bool made_membership = false;
  Failure failure;  // of the membership, while a removal runs
};

// One person: rows in the order of the file, one step at a time (I4).
struct Lane {
  Key key;
  std::deque<Row> rows;  // the front one is walking
  StepRecord user;       // the latest, newer than any candidate's
  Failure user_failure;  // with user.state failed: why, for rows that say the same of the person
  std::vector<StepWrite> memberships;  // settled while the lane lived
};

}  // namespace usher
