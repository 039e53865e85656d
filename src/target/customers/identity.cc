// SPDX-License-Identifier: Apache-2.0
#include "target/customers/identity.h"

#include <utility>

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

// The object that the item is about.
void read_party(JsonWalk& walk, bool& there, Identity& into) {
  there = walk.peek() != JsonKind::null;
  read_customer(walk, into);
}

}  // namespace

ItemLook look_at_item(std::string_view json, ImportType type) {
  ItemLook look;
  Identity person;
  Identity organization;
  Identity household;
  std::string change;
  JsonWalk walk(json);
  if (!walk.enter('{')) return look;
  std::string_view name;
  while (walk.next_member(name)) {
    if (name == "changeType") {
      take_word(walk, change);
    } else if (name == "type") {
      take_word(walk, look.type);
    } else if (name == "person") {
      read_party(walk, look.person, person);
    } else if (name == "organization") {
      read_party(walk, look.organization, organization);
    } else if (name == "householdId") {
      look.household = true;
      take_word(walk, household.id);
    } else {
      look.household = look.household || name == "memberIds";
      walk.skip();
    }
  }
  const bool as_organization =
      look.type == "ORGANIZATION" || (look.type != "PERSON" && !is_named(person));
  look.identity = type == ImportType::households ? std::move(household)
                  : as_organization              ? std::move(organization)
                                                 : std::move(person);
  look.identity.change = change_of(change);
  return look;
}

Identity parse_identity(std::string_view json, ImportType type) {
  return look_at_item(json, type).identity;
}

}  // namespace usher::customers
