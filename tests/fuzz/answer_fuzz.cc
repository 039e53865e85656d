// SPDX-License-Identifier: Apache-2.0
// Whatever a server answers, the steps of the WorkOS target go on or end in good order: requests
// that are fit to be sent, an id with every success, a reason with every failure.
//
// The input is a conversation, one line each: first the step ("user", "org", ...), then the
// answers: a status, a blank, a body. "0" is an answer that got lost, "-" a server out of reach.
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.h"
#include "fuzz/require.h"
#include "target/workos/judge.h"
#include "target/workos/membership_step.h"
#include "target/workos/organization_step.h"
#include "target/workos/removal_step.h"
#include "target/workos/user_step.h"

namespace usher::workos {
namespace {

constexpr std::string_view kNonce = "nonce";

UserRow person() {
  UserRow row;
  row.email = "ada+1@example.com";
  row.first_name = "Ada";
  row.external_id = "crm|1";
  row.metadata = {{"tier", "gold"}};
  return row;
}

std::unique_ptr<Step> step_named(std::string_view name, const UserRow& row, RoleSetting& setting) {
  using By = OrgRef::By;
  if (name == "user") return std::make_unique<UserStep>(row, Existing::link, kNonce);
  if (name == "user update") return std::make_unique<UserStep>(row, Existing::update, kNonce);
  if (name == "user fail") return std::make_unique<UserStep>(row, Existing::fail, kNonce);
  if (name == "org id") {
    return std::make_unique<OrganizationStep>(OrgRef{By::id, "org_01", "", false}, kNonce);
  }
  if (name == "org") {
    return std::make_unique<OrganizationStep>(OrgRef{By::external_id, "north", "North", true},
                                              kNonce);
  }
  if (name == "org name") {
    return std::make_unique<OrganizationStep>(OrgRef{By::name, "North", "", true}, kNonce);
  }
  if (name == "removal") return std::make_unique<RemovalStep>("user_01");
  if (name == "member" || name == "member update") {
    MembershipStep::Wish wish;
    wish.user_id = "user_01";
    wish.organization_id = "org_01";
    wish.roles = {"admin", "viewer"};
    return std::make_unique<MembershipStep>(
        wish, name == "member" ? Existing::link : Existing::update, setting, kNonce);
  }
  return nullptr;
}

net::Response response_of(std::string_view line) {
  net::Response response;
  const auto status = line.substr(0, line.find(' '));
  if (status.size() < line.size()) response.body = line.substr(status.size() + 1);
  response.retry_after = response.body.substr(0, 40);
  response.request_id = "req-1";
  if (status == "-") {
    response.transport = net::Transport::unreachable;
  } else if (std::from_chars(status.data(), status.data() + status.size(), response.status).ec !=
                 std::errc{} ||
             response.status < 100 || response.status > 999) {
    response.transport = net::Transport::lost;
    response.status = 0;
  }
  return response;
}

void check_request(const net::Request& request) {
  require(request.path.starts_with('/'), "a path begins with /");
  for (const char c : request.path) require(c > ' ' && c < '\x7f', "a path is printable ASCII");
  require(!find_invalid_utf8(request.body), "a body is UTF-8");
}

void check_end(const Move& move) {
  if (move.kind == Move::Kind::failed) {
    require(!move.failure.message.empty(), "a failure says why");
  } else if (move.kind != Move::Kind::ask) {
    require(!move.id.empty(), "a success has an id");
  }
  require(move.after >= Duration{0}, "no wait is negative");
}

void converse(std::string_view input) {
  const auto lines = split(input, '\n');
  const UserRow row = person();
  RoleSetting setting;
  const auto step = step_named(lines.front(), row, setting);
  if (!step) return;
  const WallTime now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
  step->start(Start{.in_doubt = false, .look_first = lines.size() % 2 == 0, .now = now});
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const net::Request request = step->request();
    check_request(request);
    const Answer answer = judge(request.method, response_of(lines[i]), now);
    require(!answer.retry_after || *answer.retry_after >= Duration{0}, "Retry-After is ahead");
    if (answer.kind == Answer::Kind::in_doubt) step->doubted();
    if (answer.kind != Answer::Kind::ok && answer.kind != Answer::Kind::refused) continue;
    const Move move = step->answered(answer);
    check_end(move);
    if (move.kind != Move::Kind::ask) return;
  }
}

}  // namespace
}  // namespace usher::workos

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  usher::workos::converse({reinterpret_cast<const char*>(data), size});
  return 0;
}
