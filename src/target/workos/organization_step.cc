// SPDX-License-Identifier: Apache-2.0
#include "target/workos/organization_step.h"

#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "target/workos/checks.h"
#include "target/workos/idempotency.h"
#include "target/workos/records.h"
#include "target/workos/user_step.h"

namespace usher::workos {
namespace {

constexpr int kMostPages = 20;  // of 100, when searching by name

Failure not_found(const Answer& answer, const std::string& text) {
  return answer.as_failure(FailedAt::org_resolution, text);
}

Failure unreadable(const Answer& answer, const std::string& text) {
  return answer.as_unreadable(FailedAt::org_resolution, text);
}

}  // namespace

OrganizationStep::OrganizationStep(OrgRef wish, std::string_view nonce, std::string expected_id)
    : wish_(std::move(wish)), nonce_(nonce), expected_id_(std::move(expected_id)) {}

OrganizationStep::Ask OrganizationStep::look_up() const {
  return wish_.by == OrgRef::By::name ? Ask::search : Ask::look;
}

const std::string& OrganizationStep::name() const {
  return wish_.by == OrgRef::By::name ? wish_.value : wish_.name;
}

bool OrganizationStep::may_create() const {
  return wish_.may_create && wish_.by != OrgRef::By::id && !name().empty();
}

void OrganizationStep::start(const Start& start) {
  in_doubt_ = maybe_ours_ = start.in_doubt;
  begun_at_ = start.now;
  ask_ = look_up();
}

net::Request OrganizationStep::request() const {
  switch (ask_) {
    case Ask::look:
      return {net::Method::get,
              (wish_.by == OrgRef::By::id ? "/organizations/" : "/organizations/external_id/") +
                  percent_encode(wish_.value)};
    case Ask::look_as_id:
      return {net::Method::get, "/organizations/" + percent_encode(wish_.value)};
    case Ask::search: {
      std::string path = "/organizations?limit=100&search=" + percent_encode(wish_.value);
      if (!cursor_.empty()) path += "&after=" + percent_encode(cursor_);
      return {net::Method::get, std::move(path)};
    }
    case Ask::create:
      break;
  }
  std::string body;
  JsonWriter json(body);
  json.open_object().field("name", name());
  if (wish_.by == OrgRef::By::external_id) json.field("external_id", wish_.value);
  json.close_object();
  net::Request request{net::Method::post, "/organizations", std::move(body)};
  request.idempotency_key = idempotency_key(nonce_, request.path, request.body);
  return request;
}

Move OrganizationStep::answered(const Answer& answer) {
  switch (ask_) {
    case Ask::look:
      return on_look(answer);
    case Ask::look_as_id:
      return on_look_as_id(answer);
    case Ask::search:
      return on_search(answer);
    case Ask::create:
      break;
  }
  return on_create(answer);
}

void OrganizationStep::doubted() {
  ask_ = look_up();
  in_doubt_ = maybe_ours_ = true;
  look_ups_ = 0;
  cursor_.clear();
  match_.clear();
  pages_ = 0;
}

Move OrganizationStep::found(std::string id, std::optional<WallTime> created_at) const {
  const bool echo = maybe_ours_ && (!created_at || *created_at + kEchoAllowance >= begun_at_);
  return echo ? Move::created(std::move(id)) : Move::already_there(std::move(id));
}

Move OrganizationStep::on_look(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) {
    const auto organization = read_organization(answer.body);
    if (organization) return found(organization->id, organization->created_at);
    return Move::failed(
        unreadable(in_the_way_ ? conflict_ : answer, "the answer is not an organization"));
  }
  if (answer.status != 404) return Move::failed(answer.as_failure(FailedAt::org_resolution));
  return missing(answer);
}

Move OrganizationStep::missing(const Answer& answer) {
  const bool may_lag = in_doubt_ || in_the_way_ || !expected_id_.empty();
  if (may_lag && look_ups_ + 1 < kLookUps) {
    ++look_ups_;
    cursor_.clear();
    pages_ = 0;
    return Move::ask(kLookUpLag * look_ups_);
  }
  if (!expected_id_.empty()) return Move::already_there(expected_id_);
  if (in_the_way_) {
    return Move::failed(not_found(
        conflict_, fmt::format("organization external_id \"{}\" is reported as taken, but no "
                               "organization with it can be found. {}",
                               printable(wish_.value), conflict_.message)));
  }
  const bool suspicious = wish_.by == OrgRef::By::external_id && !checked_as_id_ && !in_doubt_ &&
                          looks_like_organization_id(wish_.value) != OrganizationId::no;
  if (suspicious) {
    conflict_ = answer;
    ask_ = Ask::look_as_id;
    return Move::ask();
  }
  if (may_create()) {
    in_doubt_ = false;
    ask_ = Ask::create;
    return Move::ask();
  }
  return Move::failed(
      not_found(answer, fmt::format("Organization not found: {}", printable(wish_.value))));
}

Move OrganizationStep::on_look_as_id(const Answer& answer) {
  checked_as_id_ = true;
  if (answer.kind == Answer::Kind::ok) {
    return Move::failed(not_found(
        conflict_, fmt::format("Organization not found: org_external_id holds \"{}\", which is a "
                               "WorkOS organization id: put it into the org_id column",
                               printable(wish_.value))));
  }
  return missing(conflict_);
}

Move OrganizationStep::on_search(const Answer& answer) {
  if (answer.kind == Answer::Kind::refused) {
    return Move::failed(answer.as_failure(FailedAt::org_resolution));
  }
  const auto page = read_organizations(answer.body);
  if (!page) return Move::failed(unreadable(answer, "the list of organizations has no \"data\""));
  for (const OrganizationRecord& organization : page->records) {
    if (organization.name != wish_.value) continue;
    if (!match_.empty() && match_ != organization.id) {
      return Move::failed(not_found(
          answer, fmt::format("several organizations are named \"{}\" ({}, {}): use org_id",
                              printable(wish_.value), match_, organization.id)));
    }
    match_ = organization.id;
    match_created_at_ = organization.created_at;
  }
  cursor_ = page->after;
  if (!cursor_.empty() && ++pages_ < kMostPages) return Move::ask();
  if (!match_.empty()) return found(match_, match_created_at_);
  if (!cursor_.empty()) {
    return Move::failed(not_found(
        answer, fmt::format("too many organizations resemble \"{}\" to tell whether it is there: "
                            "use org_id or org_external_id",
                            printable(wish_.value))));
  }
  return missing(answer);
}

Move OrganizationStep::on_create(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) {
    const auto organization = read_organization(answer.body);
    if (organization) return Move::created(organization->id);
    if (std::exchange(unreadable_, true)) {
      return Move::failed(unreadable(answer, "the answer is not an organization"));
    }
    doubted();
    return Move::ask();
  }
  if (answer.says("external_id_already_used")) {
    conflict_ = answer;
    in_the_way_ = true;
    ask_ = look_up();
    look_ups_ = 0;
    return Move::ask();
  }
  return Move::failed(answer.as_failure(FailedAt::org_resolution));
}

}  // namespace usher::workos
