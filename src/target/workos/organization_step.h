// SPDX-License-Identifier: Apache-2.0
// Finding an organization, or making it. The moves, by how it is named:
//
//   id           look; missing: failed
//   external id  look; missing: if the value is in truth a WorkOS id (the mistake seen most),
//                failed with what to change; else create, when there is a name and a leave to
//   name         search; one exact match: found; several: failed; none: create, with leave;
//                none in 2,000 that resemble it and more to come: failed, for it may be there;
//                none, though one is expected, which this run has made by its external id: search
//                again, for the list may lag behind; after three times it is found nevertheless
//
//   create  201                          created
//           201 that is no organization  as in doubt, once; then failed
//           external id taken            look again, three times: a creation elsewhere may lag
//           other refusal                failed
//           in doubt                     look again, three times; found and young: our own echo,
//                                        created; nothing: create
//
// Names are not unique in the API, so only the Idempotency-Key and the look-ups stand between a
// lost answer and a twin. Tested by organization_step_test.cc and by the simulated world.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/user_row.h"
#include "target/step.h"

namespace usher::workos {

class OrganizationStep final : public Step {
 public:
  OrganizationStep(OrgRef wish, std::string_view nonce, std::string expected_id = {});

  void start(const Start& start) override;
  [[nodiscard]] net::Request request() const override;
  [[nodiscard]] bool creates() const override { return ask_ == Ask::create; }
  Move answered(const Answer& answer) override;
  void doubted() override;
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::org_resolution; }

 private:
  enum class Ask { look, look_as_id, search, create };
  Move on_look(const Answer& answer);
  Move on_look_as_id(const Answer& answer);
  Move on_search(const Answer& answer);
  Move on_create(const Answer& answer);
  Move missing(const Answer& answer);
  Move found(std::string id, std::optional<WallTime> created_at) const;
  [[nodiscard]] Ask look_up() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] bool may_create() const;

  OrgRef wish_;
  std::string nonce_;
  std::string expected_id_;  // of an organization that the search must find, sooner or later
  Ask ask_ = Ask::look;
  bool in_doubt_ = false;    // until a look-up has settled it
  bool maybe_ours_ = false;  // what is found may be the echo of a write of ours
  bool unreadable_ = false;  // a create was answered with something else
  bool in_the_way_ = false;
  bool checked_as_id_ = false;
  int look_ups_ = 0;
  std::string cursor_;  // search
  std::string match_;   // search: the one exact match so far
  std::optional<WallTime> match_created_at_;
  int pages_ = 0;
  WallTime begun_at_{};
  Answer conflict_;
};

}  // namespace usher::workos
