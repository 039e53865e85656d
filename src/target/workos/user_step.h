// SPDX-License-Identifier: Apache-2.0
// Making a user: look, create, adopt. The moves, by what was asked and what came back:
//
//   create  201                                   created
//           201 that is no user                   as in doubt, once; then failed
//           e-mail taken (400, or any 409)        look by e-mail
//           external id taken                     look by external id, to name its owner
//           other refusal                         failed
//           in doubt                              look by e-mail; found and young: our own echo,
//                                                 created
//   look    found, same or no external id         already there
//                                                 (Existing::update: write what differs)
//           found, another external id            failed: somebody else
//           nothing, after a doubt or a conflict  again, three times in all: reads may lag
//           nothing                               create; after a conflict: failed
//
// Tested by user_step_test.cc and by the simulated world.
#pragma once

#include <cstdint>
#include <string>

#include "model/policy.h"
#include "model/user_row.h"
#include "target/step.h"
#include "target/workos/records.h"

namespace usher::workos {

// Look-ups that find nothing after a write that may have happened: waits before each, as the
// vendor's own tool does (500 ms x n).
inline constexpr int kLookUps = 3;
inline constexpr Duration kLookUpLag = std::chrono::milliseconds{500};
// A record this much older than the attempt cannot be its echo; allows for clocks that differ.
inline constexpr Duration kEchoAllowance = std::chrono::seconds{2};

class UserStep final : public Step {
 public:
  // `row` outlives the step. `nonce` makes the Idempotency-Key this run's own.
  UserStep(const UserRow& row, Existing existing, std::string_view nonce);

  void start(const Start& start) override;
  [[nodiscard]] net::Request request() const override;
  [[nodiscard]] bool creates() const override { return ask_ == Ask::create; }
  Move answered(const Answer& answer) override;
  void doubted() override;
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::user_create; }

 private:
  enum class Ask { look, create, look_external, update };
  Move on_look(const Answer& answer);
  Move on_create(const Answer& answer);
  Move on_look_external(const Answer& answer);
  Move on_update(const Answer& answer);
  Move nobody_found();
  Move adopt(const UserRecord& user, const Answer& answer);
  [[nodiscard]] const Answer& decisive(const Answer& look_up) const;
  Move somebody_else(const UserRecord& user, const Answer& answer) const;
  Move look_again();

  const UserRow& row_;
  Existing existing_;
  std::string nonce_;
  Ask ask_ = Ask::create;
  bool in_doubt_ = false;    // until a look-up has settled it
  bool maybe_ours_ = false;  // what is found may be the echo of a write of ours
  bool unreadable_ = false;  // a create was answered with something else
  bool in_the_way_ = false;
  int look_ups_ = 0;  // since the last doubt or conflict
  WallTime begun_at_{};
  Answer conflict_;       // the refusal that a look-up is to explain
  std::string found_id_;  // update
  std::string changes_;   // update: the body
};

// The body of a create, from every field of the row that is present.
[[nodiscard]] std::string user_body(const UserRow& row);
// The fields of the row that differ from the record, as the body of an update; empty: none.
[[nodiscard]] std::string user_changes(const UserRow& row, const UserRecord& user);

}  // namespace usher::workos
