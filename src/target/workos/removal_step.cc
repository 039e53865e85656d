// SPDX-License-Identifier: Apache-2.0
#include "target/workos/removal_step.h"

#include "base/text.h"
#include "target/workos/records.h"

namespace usher::workos {

void RemovalStep::start(const Start& /*start*/) {
  deleting_ = false;
}

net::Request RemovalStep::request() const {
  if (deleting_) return {net::Method::del, "/user_management/users/" + percent_encode(user_id_)};
  return {net::Method::get,
          "/user_management/"
          "organization_memberships?limit=1&statuses=active,inactive,pending&user_id=" +
              percent_encode(user_id_)};
}

Move RemovalStep::answered(const Answer& answer) {
  const bool ok = answer.kind == Answer::Kind::ok;
  if (deleting_) {
    if (ok || answer.status == 404) return Move::created(user_id_);
    return Move::failed(answer.as_failure(FailedAt::membership_create));
  }
  if (!ok) return Move::failed(answer.as_failure(FailedAt::membership_create));
  const auto page = read_memberships(answer.body);
  if (!page) {
    return Move::failed(
        answer.as_failure(FailedAt::membership_create, "the list of memberships has no \"data\""));
  }
  if (!page->records.empty()) return Move::already_there(user_id_);
  deleting_ = true;
  return Move::ask();
}

}  // namespace usher::workos
