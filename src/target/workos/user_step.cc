// SPDX-License-Identifier: Apache-2.0
#include "target/workos/user_step.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "target/workos/idempotency.h"

namespace usher::workos {
namespace {

bool email_taken(const Answer& answer) {
  return answer.status == 409 || answer.says("email_not_available") ||
         answer.says("user_already_exists");
}

bool external_id_taken(const Answer& answer) {
  return answer.says("external_id_already_used");
}

void add_password(JsonWriter& json, const UserRow& row) {
  if (!row.password_hash.empty()) {
    std::string hash(row.password_hash.reveal());
    // The API documents $2a$ and $2b$; $2y$ is the same algorithm under PHP's name.
    if (row.password_hash_type == "bcrypt" && hash.starts_with("$2y$")) hash[2] = 'b';
    json.field("password_hash", hash).field("password_hash_type", row.password_hash_type);
  } else if (!row.password.empty()) {
    json.field("password", row.password.reveal());
  }
}

void add_metadata(JsonWriter& json, const std::vector<std::pair<std::string, std::string>>& pairs) {
  if (pairs.empty()) return;
  json.key("metadata").open_object();
  for (const auto& [name, value] : pairs) json.field(name, value);
  json.close_object();
}

}  // namespace

std::string user_body(const UserRow& row) {
  std::string body;
  body.reserve(256);
  JsonWriter json(body);
  json.open_object().field("email", row.email);
  if (!row.first_name.empty()) json.field("first_name", row.first_name);
  if (!row.last_name.empty()) json.field("last_name", row.last_name);
  if (row.email_verified) json.field("email_verified", *row.email_verified);
  if (!row.external_id.empty()) json.field("external_id", row.external_id);
  add_password(json, row);
  add_metadata(json, row.metadata);
  json.close_object();
  return body;
}

std::string user_changes(const UserRow& row, const UserRecord& user) {
  std::string body;
  JsonWriter json(body);
  json.open_object();
  const std::size_t empty = body.size();
  auto differs = [](const std::string& wanted, const std::string& there) {
    return !wanted.empty() && wanted != there;
  };
  if (differs(row.first_name, user.first_name)) json.field("first_name", row.first_name);
  if (differs(row.last_name, user.last_name)) json.field("last_name", row.last_name);
  if (row.email_verified && *row.email_verified != user.email_verified) {
    json.field("email_verified", *row.email_verified);
  }
  if (differs(row.external_id, user.external_id)) json.field("external_id", row.external_id);
  std::vector<std::pair<std::string, std::string>> metadata;
  for (const auto& pair : row.metadata) {
    if (std::find(user.metadata.begin(), user.metadata.end(), pair) == user.metadata.end()) {
      metadata.push_back(pair);
    }
  }
  add_metadata(json, metadata);
  if (body.size() == empty) return {};
  json.close_object();
  return body;
}

UserStep::UserStep(const UserRow& row, Existing existing, std::string_view nonce)
    : row_(row), existing_(existing), nonce_(nonce) {}

void UserStep::start(const Start& start) {
  in_doubt_ = maybe_ours_ = start.in_doubt;
  begun_at_ = start.now;
  const bool look = start.in_doubt || (start.look_first && existing_ != Existing::fail);
  ask_ = look ? Ask::look : Ask::create;
}

net::Request UserStep::request() const {
  switch (ask_) {
    case Ask::look:
      return {net::Method::get,
              "/user_management/users?limit=2&email=" + percent_encode(row_.email)};
    case Ask::look_external:
      return {net::Method::get,
              "/user_management/users/external_id/" + percent_encode(row_.external_id)};
    case Ask::update:
      return {net::Method::put, "/user_management/users/" + percent_encode(found_id_), changes_};
    case Ask::create:
      break;
  }
  net::Request request{net::Method::post, "/user_management/users", user_body(row_)};
  request.idempotency_key = idempotency_key(nonce_, request.path, request.body);
  return request;
}

Move UserStep::answered(const Answer& answer) {
  switch (ask_) {
    case Ask::look:
      return on_look(answer);
    case Ask::look_external:
      return on_look_external(answer);
    case Ask::update:
      return on_update(answer);
    case Ask::create:
      break;
  }
  return on_create(answer);
}

void UserStep::doubted() {
  if (ask_ == Ask::update) return;  // the same write again is harmless
  ask_ = Ask::look;
  in_doubt_ = maybe_ours_ = true;
  look_ups_ = 0;
}

Move UserStep::on_create(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) {
    const auto user = read_user(answer.body);
    if (user) return Move::created(user->id);
    if (std::exchange(unreadable_, true)) {
      return Move::failed(answer.as_unreadable(FailedAt::user_create, "the answer is not a user"));
    }
    doubted();
    return Move::ask();
  }
  conflict_ = answer;
  if (email_taken(answer)) {
    in_the_way_ = true;
    if (!maybe_ours_) was_there = true;
    ask_ = Ask::look;
    look_ups_ = 0;
    return Move::ask();
  }
  if (external_id_taken(answer) && !row_.external_id.empty()) {
    ask_ = Ask::look_external;
    return Move::ask();
  }
  return Move::failed(answer.as_failure(FailedAt::user_create));
}

Move UserStep::look_again() {
  ++look_ups_;
  return Move::ask(kLookUpLag * look_ups_);
}

Move UserStep::on_look(const Answer& answer) {
  if (answer.kind == Answer::Kind::refused) {
    if (!in_doubt_ && !in_the_way_) {  // a look-up that only wanted to save a write
      ask_ = Ask::create;
      return Move::ask();
    }
    return Move::failed(answer.as_failure(FailedAt::user_create));
  }
  const auto page = read_users(answer.body);
  if (!page) {
    return Move::failed(
        answer.as_unreadable(FailedAt::user_create, "the list of users has no \"data\""));
  }
  for (const UserRecord& user : page->records) {
    if (equal_ignoring_case(user.email, row_.email)) return adopt(user, answer);
  }
  return nobody_found();
}

Move UserStep::nobody_found() {
  if ((in_doubt_ || in_the_way_) && look_ups_ + 1 < kLookUps) return look_again();
  if (in_the_way_) {
    return Move::failed(conflict_.as_failure(
        FailedAt::user_create,
        "Email already exists, but no user with it can be found. " + conflict_.message));
  }
  if (!maybe_ours_) was_there = false;
  in_doubt_ = false;
  ask_ = Ask::create;
  return Move::ask();
}

Move UserStep::adopt(const UserRecord& user, const Answer& answer) {
  if (!maybe_ours_) was_there = true;
  const bool other = !user.external_id.empty() && !row_.external_id.empty() &&
                     user.external_id != row_.external_id;
  if (other) return somebody_else(user, answer);
  const bool echo =
      maybe_ours_ && (!user.created_at || *user.created_at + kEchoAllowance >= begun_at_);
  if (echo) return Move::created(user.id);
  if (existing_ == Existing::fail) {
    Failure failure = decisive(answer).as_failure(FailedAt::user_create);
    failure.message = "Email already exists: it belongs to " + user.id;
    failure.user_id = user.id;
    return Move::failed(std::move(failure));
  }
  if (existing_ == Existing::update) {
    changes_ = user_changes(row_, user);
    if (!changes_.empty()) {
      found_id_ = user.id;
      ask_ = Ask::update;
      return Move::ask();
    }
  }
  return Move::already_there(user.id);
}

// What refused the create, if anything did; else the look-up that found somebody.
const Answer& UserStep::decisive(const Answer& look_up) const {
  return conflict_.kind == Answer::Kind::refused ? conflict_ : look_up;
}

Move UserStep::somebody_else(const UserRecord& user, const Answer& answer) const {
  Failure failure = decisive(answer).as_failure(FailedAt::user_create);
  failure.message = fmt::format(
      "Email already exists: {} has it with external id \"{}\", and this row says \"{}\"", user.id,
      printable(user.external_id), printable(row_.external_id));
  failure.user_id = user.id;
  return Move::failed(std::move(failure));
}

Move UserStep::on_look_external(const Answer& answer) {
  Failure failure = conflict_.as_failure(FailedAt::user_create);
  const auto user = answer.kind == Answer::Kind::ok ? read_user(answer.body) : std::nullopt;
  if (user && equal_ignoring_case(user->email, row_.email)) return adopt(*user, answer);
  failure.message = fmt::format(
      "external_id \"{}\" is already assigned to another user{}", printable(row_.external_id),
      user ? fmt::format(": {} ({})", user->id, printable(user->email)) : "");
  return Move::failed(std::move(failure));
}

Move UserStep::on_update(const Answer& answer) {
  if (answer.kind == Answer::Kind::ok) return Move::already_there(found_id_, true);
  Failure failure = answer.as_failure(FailedAt::user_create);
  failure.user_id = found_id_;
  return Move::failed(std::move(failure));
}

}  // namespace usher::workos
