// SPDX-License-Identifier: Apache-2.0
// A prepared statement in use: it is ready for its next use afterwards, whatever happened. A room's
// secret: only src/store includes it. Tested by job_store_test.cc.
#pragma once

namespace usher {

template <class Statement>  // SQLite::Statement, which no header may include
class Used {
 public:
  explicit Used(Statement& statement) : statement_(statement) {}
  ~Used() { statement_.tryReset(); }
  Used(const Used&) = delete;
  Used& operator=(const Used&) = delete;

 private:
  Statement& statement_;
};

}  // namespace usher
