// SPDX-License-Identifier: Apache-2.0
#include "target/customers/identity.h"

#include "base/json_walk.h"

namespace usher::customers {
namespace {

Change change_of(std::string_view word) {
  if (word.empty()) return Change::none;
  if (word == "CREATE") return Change::create;
  if (word == "UPDATE") return Change::update;
  if (word == "UPSERT") return Change::upsert;
  if (word == "DELETE") return Change::del;
  return Change::other;
}

// A text or a number; of anything else nothing.
void take_word(JsonWalk& walk, std::string& out) {
  const JsonKind kind = walk.peek();
  const bool word = kind == JsonKind::text || kind == JsonKind::number;
  out = word ? walk.text() : (walk.skip(), std::string_view());
}

void read_email(JsonWalk& walk, std::string& out) {
  std::string_view name;
  std::string email;
  std::string purpose;
  std::string method;
  while (walk.next_member(name)) {
    if (name == "email") {
      take_word(walk, email);
    } else if (name == "contactPurposeTypeCode") {
      take_word(walk, purpose);
    } else if (name == "contactMethodTypeCode") {
      take_word(walk, method);
    } else {
      walk.skip();
    }
  }
  if (purpose == "DEFAULT" && method == "HOMEEMAIL") out = email;
}

void read_emails(JsonWalk& walk, std::string& out) {
  out.clear();
  if (!walk.enter('[')) return walk.skip();
  while (walk.next_element()) {
    if (walk.enter('{')) {
      read_email(walk, out);
    } else {
      walk.skip();
    }
  }
}

// A person or an organization.
void read_customer(JsonWalk& walk, Identity& into) {
  if (!walk.enter('{')) return walk.skip();
  std::string_view name;
  while (walk.next_member(name)) {
    if (name == "customerId") {
      take_word(walk, into.id);
    } else if (name == "username") {
      take_word(walk, into.username);
    } else if (name == "emails") {
      read_emails(walk, into.email);
    } else {
      walk.skip();
    }
  }
}

}  // namespace

Identity parse_identity(std::string_view json, ImportType type) {
  Identity person;
  Identity organization;
  std::string change;
  std::string kind;
  JsonWalk walk(json);
  if (!walk.enter('{')) return {};
  std::string_view name;
  while (walk.next_member(name)) {
    if (name == "changeType") {
      take_word(walk, change);
    } else if (type == ImportType::households) {
      if (name == "householdId") {
        take_word(walk, person.id);
      } else {
        walk.skip();
      }
    } else if (name == "type") {
      take_word(walk, kind);
    } else if (name == "person") {
      read_customer(walk, person);
    } else if (name == "organization") {
      read_customer(walk, organization);
    } else {
      walk.skip();
    }
  }
  const bool as_organization = kind == "ORGANIZATION" || (kind != "PERSON" && !is_named(person));
  Identity found = as_organization ? std::move(organization) : std::move(person);
  found.change = change_of(change);
  return found;
}

}  // namespace usher::customers
