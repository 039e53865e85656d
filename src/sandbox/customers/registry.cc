// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/registry.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace usher::sandbox::customers {

namespace {

const std::string& username_of(const ImportItem& item) {
  return item.username.empty() ? item.email : item.username;
}

Record* look(const std::unordered_map<std::string_view, Record*>& names, std::string_view name) {
  if (name.empty()) return nullptr;
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

// Gives the name in `field` of `record` up, and takes `name` for it. A record that is not there
// loses a name that another one takes.
void change_name(std::unordered_map<std::string_view, Record*>& names, Record& record,
                 std::string& field, const std::string& name) {
  if (field == name) return;
  if (look(names, field) == &record) names.erase(field);
  names.erase(name);
  field = name;
  if (!field.empty()) names.emplace(field, &record);
}

}  // namespace

Record* Registry::find(const ImportItem& item) const {
  if (!item.id.empty()) return look(by_id_, item.id);
  if (!item.username.empty()) return look(by_username_, item.username);
  return look(by_email_, item.email);
}

bool Registry::collides(const ImportItem& item, const Record* own) const {
  for (const Record* other : {look(by_username_, username_of(item)), look(by_email_, item.email)}) {
    if (other != nullptr && other != own && other->there) return true;
  }
  return false;
}

void Registry::rename(Record& record, const ImportItem& item) {
  if (!item.id.empty()) change_name(by_id_, record, record.id, item.id);
  const std::string& username = username_of(item);
  const auto free = [&](const Names& names, std::string_view name) {
    const Record* holder = look(names, name);
    return !name.empty() && (holder == nullptr || holder == &record || !holder->there);
  };
  if (free(by_username_, username)) change_name(by_username_, record, record.username, username);
  if (free(by_email_, item.email)) change_name(by_email_, record, record.email, item.email);
}

Record& Registry::make(const ImportItem& item) {
  Record& record = records_.emplace_back();
  rename(record, item);
  return record;
}

std::uint32_t Registry::receive(const ImportItem& item) {
  if (item.name().empty()) return 1;
  Record* record = find(item);
  if (record == nullptr) record = &make(item);
  return ++record->received;
}

void Registry::put(Record& record, const ImportItem& item) {
  if (!record.there) {  // somebody new: names of an earlier life are free
    ++there_;
    change_name(by_username_, record, record.username, "");
    change_name(by_email_, record, record.email, "");
  }
  record.there = true;
  rename(record, item);
  if (record.id.empty()) {
    ImportItem named = item;
    named.id = fmt::format("sandbox-{}", ++ids_given_);
    rename(record, named);
  }
  if (keep_texts_) {
    record.text = item.text;
  } else {
    Sha256 digest;
    digest.add(item.text);
    record.text = digest.hex();
  }
}

Carried Registry::carry_out(const ImportItem& item) {
  if (!item.violation.empty()) return {.code = "ERROR"};
  Record* record = find(item);
  const bool there = record != nullptr && record->there;
  if (item.change == "DELETE") {
    if (!there) return {.code = "NOT_FOUND"};
    record->there = false;
    ++record->deleted;
    --there_;
    return {.code = "SUCCESS", .record = record};
  }
  if (item.change == "UPDATE" && !there) return {.code = "NOT_FOUND"};
  if (item.change == "CREATE" && there) return {.code = "CONFLICT", .record = record};
  if (collides(item, record)) return {.code = "CONFLICT"};
  // Whoever had that id is not there: this is somebody else, whose id is yet to be given.
  if (record != nullptr && !there && item.id.empty() && !record->id.empty()) record = nullptr;
  if (record == nullptr) record = &make(item);
  ++(there ? record->updated : record->created);
  put(*record, item);
  return {.code = "SUCCESS", .record = record};
}

}  // namespace usher::sandbox::customers
