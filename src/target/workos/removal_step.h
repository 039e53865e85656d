// SPDX-License-Identifier: Apache-2.0
// Taking back a user that this job created when --require-membership is set and the membership
// failed: only a user without any membership is deleted, which the API is asked first. Tested by
// removal_step_test.cc.
#pragma once

#include <string>

#include "target/step.h"

namespace usher::workos {

class RemovalStep final : public Step {
 public:
  explicit RemovalStep(std::string user_id) : user_id_(std::move(user_id)) {}

  void start(const Start& start) override;
  [[nodiscard]] net::Request request() const override;
  [[nodiscard]] bool creates() const override { return false; }
  Move answered(const Answer& answer) override;  // created: removed; already_there: kept
  void doubted() override {}                     // deleting again is harmless
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::membership_create; }

 private:
  std::string user_id_;
  bool deleting_ = false;
};

}  // namespace usher::workos
