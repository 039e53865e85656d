// SPDX-License-Identifier: Apache-2.0
// Making a person a member of an organization, with roles. The moves:
//
//   create  201                                  created
//           201 that is no membership            as in doubt, once; then failed
//           several roles not enabled (422)      create with the first role, and a warning
//           already a member (409 or its codes)  look
//           invitation pending                   failed: to be accepted or revoked first
//           other refusal                        failed
//           in doubt                             look; found and young: our own echo, created
//   look    active, roles there                  already there
//           active, roles missing                update to the union of roles
//           inactive                             already there, left so, with a warning
//                                                (Existing::update: create reactivates it, once)
//           pending                              failed, as above
//           nothing, after a doubt or conflict   again, three times in all: reads may lag
//           nothing                              create; after a conflict: failed
//   update  200                                  already there, updated
//           several roles not enabled            see fall_back()
//           in doubt                             the same again
//
// Tested by membership_step_test.cc and by the simulated world.
#pragma once

#include <string>
#include <vector>

#include "model/policy.h"
#include "target/step.h"
#include "target/workos/records.h"

namespace usher::workos {

// What the environment has let us know about several roles at once; shared by all steps of a run.
struct RoleSetting {
  bool only_one = false;  // multiple_roles_not_enabled was answered
};

class MembershipStep final : public Step {
 public:
  struct Wish {
    std::string user_id;
    std::string organization_id;
    std::vector<std::string> roles;  // empty: the environment's default
    std::string row;                 // "Row 12: ", for warnings
    // Another row of this job has already settled this membership: its role stays when the
    // environment allows only one.
    bool made_by_this_job = false;
  };
  // `setting` outlives the step.
  MembershipStep(Wish wish, Existing existing, RoleSetting& setting, std::string_view nonce);

  void start(const Start& start) override;
  [[nodiscard]] net::Request request() const override;
  [[nodiscard]] bool creates() const override { return ask_ == Ask::create; }
  Move answered(const Answer& answer) override;
  void doubted() override;
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::membership_create; }

 private:
  enum class Ask { look, create, update };
  Move on_create(const Answer& answer);
  Move on_look(const Answer& answer);
  Move on_update(const Answer& answer);
  Move adopt(const MembershipRecord& membership, const Answer& answer);
  Move add_roles(const MembershipRecord& membership);
  Move fall_back();
  Move pending(const Answer& answer) const;
  void use_first_role();
  void tell_skipped_roles();
  [[nodiscard]] std::string roles_body(std::string body) const;
  [[nodiscard]] Failure failure(const Answer& answer, const std::string& text = {}) const;
  [[nodiscard]] Failure unreadable(const Answer& answer, const std::string& text) const;

  Wish wish_;
  Existing existing_;
  RoleSetting& setting_;
  std::string nonce_;
  Ask ask_ = Ask::create;
  bool in_doubt_ = false;    // until a look-up has settled it
  bool maybe_ours_ = false;  // what is found may be the echo of a write of ours
  bool in_the_way_ = false;
  bool reactivate_ = false;
  bool unreadable_ = false;  // a create was answered with something else
  int look_ups_ = 0;
  WallTime begun_at_{};
  Answer conflict_;
  MembershipRecord found_;
  std::vector<std::string> roles_;  // what the next write asks for
};

}  // namespace usher::workos
