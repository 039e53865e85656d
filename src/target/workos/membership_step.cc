// SPDX-License-Identifier: Apache-2.0
#include "target/workos/membership_step.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "base/text.h"
#include "target/workos/idempotency.h"
#include "target/workos/user_step.h"

namespace usher::workos {
namespace {

constexpr std::string_view kMemberships = "/user_management/organization_memberships";

bool already_member(const Answer& answer) {
  return answer.status == 409 || answer.says("organization_membership_already_exists") ||
         answer.says("user_already_organization_member") || answer.says("entity_already_exists");
}

bool contains(const std::vector<std::string>& roles, const std::string& role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace

MembershipStep::MembershipStep(Wish wish, Existing existing, RoleSetting& setting,
                               std::string_view nonce)
    : wish_(std::move(wish)),
      existing_(existing),
      setting_(setting),
      nonce_(nonce),
      roles_(wish_.roles) {}

void MembershipStep::start(const Start& start) {
  in_doubt_ = maybe_ours_ = start.in_doubt;
  begun_at_ = start.now;
  ask_ = start.in_doubt || start.look_first ? Ask::look : Ask::create;
  if (setting_.only_one) use_first_role();
}

void MembershipStep::use_first_role() {
  if (roles_.size() > 1) roles_.resize(1);
}

// With the end, not with the decision: until then nothing is assigned.
void MembershipStep::tell_skipped_roles() {
  if (!setting_.only_one || roles_.size() != 1 || wish_.roles.size() < 2) return;
  const std::vector<std::string> skipped(wish_.roles.begin() + 1, wish_.roles.end());
  warnings.push_back(fmt::format("{}Multiple roles not enabled — assigned \"{}\" only, skipped: {}",
                                 wish_.row, printable(roles_.front()),
                                 printable(fmt::format("{}", fmt::join(skipped, ", ")))));
}

std::string MembershipStep::roles_body(std::string body) const {
  JsonWriter json(body);
  json.open_object();
  if (ask_ == Ask::create) {
    json.field("user_id", wish_.user_id).field("organization_id", wish_.organization_id);
  }
  if (roles_.size() == 1) json.field("role_slug", roles_.front());
  if (roles_.size() > 1) {
    json.key("role_slugs").open_array();
    for (const std::string& role : roles_) json.value(role);
    json.close_array();
  }
  json.close_object();
  return body;
}

net::Request MembershipStep::request() const {
  switch (ask_) {
    case Ask::look:
      return {
          net::Method::get,
          fmt::format("{}?limit=10&statuses=active,inactive,pending&user_id={}&organization_id={}",
                      kMemberships, percent_encode(wish_.user_id),
                      percent_encode(wish_.organization_id))};
    case Ask::update:
      return {net::Method::put, fmt::format("{}/{}", kMemberships, percent_encode(found_.id)),
              roles_body({})};
    case Ask::create:
      break;
  }
  net::Request request{net::Method::post, std::string(kMemberships), roles_body({})};
  // A reactivation is the same request again, but not the same wish.
  request.idempotency_key =
      idempotency_key(nonce_ + (reactivate_ ? "-again" : ""), request.path, request.body);
  return request;
}

Failure MembershipStep::failure(const Answer& answer, const std::string& text) const {
  Failure failure = answer.as_failure(FailedAt::membership_create, text);
  failure.user_id = wish_.user_id;
  return failure;
}

Failure MembershipStep::unreadable(const Answer& answer, const std::string& text) const {
  Failure failure = answer.as_unreadable(FailedAt::membership_create, text);
  failure.user_id = wish_.user_id;
  return failure;
}

Move MembershipStep::answered(const Answer& answer) {
  switch (ask_) {
    case Ask::look:
      return on_look(answer);
    case Ask::update:
      return on_update(answer);
    case Ask::create:
      break;
  }
  return on_create(answer);
}

void MembershipStep::doubted() {
  if (ask_ == Ask::update) return;  // the same write again is harmless
  ask_ = Ask::look;
  in_doubt_ = maybe_ours_ = true;
  look_ups_ = 0;
}

Move MembershipStep::on_create(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) {
    const auto membership = read_membership(answer.body);
    if (!membership) {
      if (std::exchange(unreadable_, true)) {
        return Move::failed(unreadable(answer, "the answer is not a membership"));
      }
      doubted();
      return Move::ask();
    }
    roles_assigned = roles_.size();
    tell_skipped_roles();
    return reactivate_ ? Move::already_there(membership->id, true) : Move::created(membership->id);
  }
  if (answer.says("multiple_roles_not_enabled") && roles_.size() > 1) {
    setting_.only_one = true;
    use_first_role();
    return Move::ask();
  }
  if (answer.says("cannot_reactivate_pending_organization_membership")) return pending(answer);
  if (already_member(answer)) {
    conflict_ = answer;
    in_the_way_ = true;
    ask_ = Ask::look;
    look_ups_ = 0;
    return Move::ask();
  }
  return Move::failed(failure(answer));
}

Move MembershipStep::on_look(const Answer& answer) {
  if (answer.kind == Answer::Kind::refused) return Move::failed(failure(answer));
  const auto page = read_memberships(answer.body);
  if (!page) return Move::failed(unreadable(answer, "the list of memberships has no \"data\""));
  for (const MembershipRecord& membership : page->records) {
    const bool ours =
        membership.organization_id == wish_.organization_id && membership.user_id == wish_.user_id;
    if (ours) return adopt(membership, answer);
  }
  if ((in_doubt_ || in_the_way_) && look_ups_ + 1 < kLookUps) {
    ++look_ups_;
    return Move::ask(kLookUpLag * look_ups_);
  }
  if (in_the_way_) {
    return Move::failed(failure(
        conflict_, "Membership already exists, but it cannot be found. " + conflict_.message));
  }
  in_doubt_ = false;
  ask_ = Ask::create;
  return Move::ask();
}

Move MembershipStep::pending(const Answer& answer) const {
  return Move::failed(failure(
      answer,
      "an invitation to this organization is pending: it must be accepted or revoked first"));
}

Move MembershipStep::adopt(const MembershipRecord& membership, const Answer& answer) {
  found_ = membership;
  if (membership.status == "pending") return pending(in_the_way_ ? conflict_ : answer);
  if (membership.status == "inactive") {
    if (existing_ == Existing::update && reactivate_ && in_the_way_) {
      return Move::failed(failure(conflict_,
                                  "the membership is inactive and could not be "
                                  "reactivated. " +
                                      conflict_.message));
    }
    if (existing_ == Existing::update) {
      ask_ = Ask::create;
      reactivate_ = true;
      in_doubt_ = in_the_way_ = false;
      return Move::ask();
    }
    warnings.push_back(fmt::format(
        "{}the membership {} is inactive and was left so (--existing update reactivates it)",
        wish_.row, membership.id));
    return Move::already_there(membership.id);
  }
  const bool echo = maybe_ours_ && (!membership.created_at ||
                                    *membership.created_at + kEchoAllowance >= begun_at_);
  const bool complete = std::all_of(roles_.begin(), roles_.end(), [&](const std::string& role) {
    return contains(membership.roles, role);
  });
  if (!complete) return add_roles(membership);
  tell_skipped_roles();
  if (reactivate_) return Move::already_there(membership.id, true);
  if (!echo) return Move::already_there(membership.id);
  roles_assigned = roles_.size();
  return Move::created(membership.id);
}

Move MembershipStep::add_roles(const MembershipRecord& membership) {
  const bool only_default = membership.roles.size() == 1 && membership.roles.front() == "member" &&
                            !wish_.made_by_this_job;
  if (setting_.only_one) return fall_back();
  std::vector<std::string> all = only_default ? std::vector<std::string>{} : membership.roles;
  for (const std::string& role : roles_) {
    if (!contains(all, role)) all.push_back(role);
  }
  roles_ = std::move(all);
  ask_ = Ask::update;
  return Move::ask();
}

// One role is all a member can have here. A role given by another row of this job stays; any other
// gives way to what the input says first.
Move MembershipStep::fall_back() {
  const std::string& wanted = wish_.roles.front();
  if (wish_.made_by_this_job || contains(found_.roles, wanted)) {
    std::vector<std::string> skipped = wish_.roles;
    std::erase_if(skipped, [&](const std::string& role) { return contains(found_.roles, role); });
    warnings.push_back(fmt::format("{}Multiple roles not enabled — kept \"{}\", skipped: {}",
                                   wish_.row,
                                   printable(fmt::format("{}", fmt::join(found_.roles, ", "))),
                                   printable(fmt::format("{}", fmt::join(skipped, ", ")))));
    return Move::already_there(found_.id);
  }
  roles_ = wish_.roles;
  use_first_role();
  ask_ = Ask::update;
  return Move::ask();
}

Move MembershipStep::on_update(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) {
    roles_assigned = roles_.size();
    tell_skipped_roles();
    return Move::already_there(found_.id, true);
  }
  if (answer.says("multiple_roles_not_enabled") && roles_.size() > 1) {
    setting_.only_one = true;
    return fall_back();
  }
  return Move::failed(failure(answer));
}

}  // namespace usher::workos
