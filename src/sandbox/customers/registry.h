// SPDX-License-Identifier: Apache-2.0
// Who is in the customer API, and the bytes that each was last given with. What identifies a
// customer (customerId, username, default e-mail) belongs to one alone. Somebody who was named by a
// request but is not there is remembered too, with the number of times, so that a test can see what
// was sent again. Tested by registry_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sandbox/customers/items.h"

namespace usher::sandbox::customers {

struct Record {
  std::string id;
  std::string username;  // the default e-mail where none was given
  std::string email;
  std::string text;  // of the latest item that was carried out, or its SHA-256
  bool there = false;
  std::uint32_t received = 0;
  std::uint32_t created = 0;
  std::uint32_t updated = 0;
  std::uint32_t deleted = 0;
};

struct Carried {
  std::string_view code;           // "SUCCESS", "CONFLICT", "NOT_FOUND", "ERROR"
  const Record* record = nullptr;  // of whom it was, when somebody was found or made
};

class Registry {
 public:
  explicit Registry(bool keep_texts) : keep_texts_(keep_texts) {}

  // An item has come: how many times it has by now. Nobody's own when it names nobody: 1.
  std::uint32_t receive(const ImportItem& item);
  Carried carry_out(const ImportItem& item);

  [[nodiscard]] std::uint64_t size() const { return there_; }
  [[nodiscard]] const std::deque<Record>& records() const { return records_; }
  [[nodiscard]] bool keeps_texts() const { return keep_texts_; }

 private:
  using Names = std::unordered_map<std::string_view, Record*>;

  [[nodiscard]] Record* find(const ImportItem& item) const;
  [[nodiscard]] bool collides(const ImportItem& item, const Record* own) const;
  Record& make(const ImportItem& item);
  void rename(Record& record, const ImportItem& item);
  void put(Record& record, const ImportItem& item);

  bool keep_texts_ = true;
  std::deque<Record> records_;  // in the order they came; never moved, the names point into it
  Names by_id_;
  Names by_username_;
  Names by_email_;
  std::uint64_t there_ = 0;
  std::uint64_t ids_given_ = 0;
};

}  // namespace usher::sandbox::customers
