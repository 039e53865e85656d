// SPDX-License-Identifier: Apache-2.0
#include "target/customers/results.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include <boost/json.hpp>

#include "base/text.h"
#include "target/json_text.h"

namespace usher::customers {
namespace {

namespace json = boost::json;
using Kind = ItemResult::Kind;

constexpr std::size_t kLongestCode = 100;
constexpr std::size_t kMostResults = 100 * kMostInBatch;  // that are looked at

// One element of the list. What is no object says nothing, but has its place.
struct Entry {
  std::string_view id;
  std::string_view username;
  std::string_view email;
  Kind kind = Kind::none;
  const json::object* object = nullptr;
  bool used = false;
};

Kind kind_of(std::string_view code) {
  constexpr std::array<std::string_view, 7> kArrived = {
      "SUCCESS", "OK", "IMPORTED", "ACCEPTED", "CREATED", "UPDATED", "DELETED"};
  const auto is = [code = trim(code)](std::string_view known) {
    return equal_ignoring_case(code, known);
  };
  if (is("")) return Kind::none;
  if (std::ranges::any_of(kArrived, is)) return Kind::arrived;
  if (is("FAILED")) return Kind::temporary;
  if (is("CONFLICT")) return Kind::conflict;
  if (is("NOT_FOUND")) return Kind::not_found;
  return Kind::failed;
}

std::string_view view_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_string();
}

// As text: some servers answer digits without quotation marks.
std::string_view id_of(const json::object& object, std::string_view name,
                       std::deque<std::string>& numbers) {
  const json::value* found = object.if_contains(name);
  if (found == nullptr) return {};
  if (found->is_int64()) return numbers.emplace_back(std::to_string(found->get_int64()));
  if (found->is_uint64()) return numbers.emplace_back(std::to_string(found->get_uint64()));
  return view_of(object, name);
}

Entry entry_of(const json::value& value, std::deque<std::string>& numbers) {
  Entry entry;
  if (!value.is_object()) return entry;
  const json::object& object = value.get_object();
  entry.object = &object;
  entry.id = id_of(object, "customerId", numbers);
  if (entry.id.empty()) entry.id = id_of(object, "householdId", numbers);
  entry.username = view_of(object, "username");
  entry.email = view_of(object, "email");
  entry.kind = kind_of(view_of(object, "result"));
  return entry;
}

const json::array* find_list(const json::value& value) {
  if (value.is_array()) return &value.get_array();
  if (!value.is_object()) return nullptr;
  const json::array* empty = nullptr;
  for (const char* name : {"data", "households", "customers", "results", "customerResults"}) {
    const json::value* found = value.get_object().if_contains(name);
    if (found == nullptr || !found->is_array()) continue;
    if (!found->get_array().empty()) return &found->get_array();
    empty = &found->get_array();
  }
  return empty;
}

std::string_view username_of(const Identity& item) {
  return item.username.empty() ? item.email : item.username;
}

bool differ(std::string_view one, std::string_view other) {
  return !one.empty() && !other.empty() && !equal_ignoring_case(one, other);
}

bool contradict(const Identity& item, const Entry& entry) {
  const bool ids = !item.id.empty() && !entry.id.empty() && item.id != entry.id;
  return ids || differ(username_of(item), entry.username) || differ(item.email, entry.email);
}

class Pairing {
 public:
  Pairing(std::span<const Identity> sent, std::vector<Entry>& entries)
      : sent_(sent), entries_(entries), of_item_(sent.size()) {}

  // For each item its entry, or nothing.
  const std::vector<const Entry*>& pair() {
    pair_in_order();
    const auto by = [&](auto of_item, auto of_entry) {
      if (left() > 0) pair_by(of_item, of_entry);
    };
    by([](const Identity& item) { return std::string_view(item.id); },
       [](const Entry& entry) { return entry.id; });
    by(username_of, [](const Entry& entry) { return entry.username; });
    by([](const Identity& item) { return std::string_view(item.email); },
       [](const Entry& entry) { return entry.email; });
    if (left() > 0) pair_by_position();
    take_the_worse();
    return of_item_;
  }

 private:
  [[nodiscard]] std::size_t left() const { return sent_.size() - paired_; }

  void pair(std::size_t item, Entry& entry) {
    of_item_[item] = &entry;
    entry.used = true;
    ++paired_;
  }

  // The usual answer: all of them, in the order sent.
  void pair_in_order() {
    const std::size_t most = std::min(sent_.size(), entries_.size());
    for (std::size_t i = 0; i < most; ++i) {
      if (!entries_[i].id.empty() && entries_[i].id == sent_[i].id) pair(i, entries_[i]);
    }
  }

  template <class OfItem, class OfEntry>
  void pair_by(OfItem of_item, OfEntry of_entry) {
    std::unordered_map<std::string_view, std::vector<std::size_t>> free;  // the first one last
    for (std::size_t i = sent_.size(); i-- > 0;) {
      if (of_item_[i] == nullptr && !of_item(sent_[i]).empty()) {
        free[of_item(sent_[i])].push_back(i);
      }
    }
    for (Entry& entry : entries_) {
      if (entry.used || of_entry(entry).empty()) continue;
      const auto found = free.find(of_entry(entry));
      if (found == free.end()) continue;
      // (Of several items that are called the same, the one that nothing else speaks against.)
      auto& items = found->second;
      const auto fits = std::find_if(items.rbegin(), items.rend(), [&](std::size_t item) {
        return sent_[item].id.empty() || entry.id.empty() || sent_[item].id == entry.id;
      });
      if (fits == items.rend()) continue;
      pair(*fits, entry);
      items.erase(std::next(fits).base());
    }
  }

  void pair_by_position() {
    std::vector<std::size_t> items;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      if (of_item_[i] == nullptr) items.push_back(i);
    }
    std::vector<Entry*> rest;
    for (Entry& entry : entries_) {
      if (entry.used) continue;
      if (rest.size() == items.size()) return;
      rest.push_back(&entry);
    }
    if (rest.size() != items.size()) return;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (contradict(sent_[items[i]], *rest[i])) return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) pair(items[i], *rest[i]);
  }

  // A second result for an item that was called arrived takes that back.
  void take_the_worse() {
    const bool all_used =
        std::ranges::all_of(entries_, [](const Entry& entry) { return entry.used; });
    if (all_used) return;
    std::unordered_map<std::string_view, const Entry*> against;
    for (const Entry& entry : entries_) {
      if (!entry.used && !entry.id.empty() && entry.kind != Kind::arrived) {
        against.emplace(entry.id, &entry);
      }
    }
    for (std::size_t i = 0; i < sent_.size() && !against.empty(); ++i) {
      if (of_item_[i] == nullptr || of_item_[i]->kind != Kind::arrived) continue;
      const auto found = against.find(of_item_[i]->id);
      if (found != against.end()) of_item_[i] = found->second;
    }
  }

  std::span<const Identity> sent_;
  std::vector<Entry>& entries_;
  std::vector<const Entry*> of_item_;
  std::size_t paired_ = 0;
};

ItemResult result_of(const Entry* entry) {
  ItemResult result;
  if (entry == nullptr || entry->kind == Kind::none) return result;
  result.kind = entry->kind;
  if (result.kind == Kind::arrived) return result;
  result.code = printable(view_of(*entry->object, "result"), kLongestCode);
  result.message = first_of(*entry->object, "error", "errorMessage");
  if (result.message.empty()) result.message = text_of(*entry->object, "message");
  return result;
}

}  // namespace

Results read_results(std::string_view body, std::span<const Identity> sent) {
  Results results;
  results.items.resize(sent.size());
  std::array<unsigned char, 16 << 10> first_bytes;
  json::monotonic_resource memory(first_bytes.data(), first_bytes.size());
  json::parse_options lenient;
  lenient.allow_invalid_utf8 = true;  // in a message, say: no reason to know nothing
  json::error_code error;
  const json::value value = json::parse(body, error, &memory, lenient);
  const json::array* list = error ? nullptr : find_list(value);
  if (list == nullptr) return results;
  results.readable = true;

  std::deque<std::string> numbers;
  std::vector<Entry> entries;
  entries.reserve(std::min(list->size(), kMostResults));
  for (const json::value& element : *list) {
    if (entries.size() == kMostResults) break;
    entries.push_back(entry_of(element, numbers));
  }
  Pairing pairing(sent, entries);
  const auto& of_item = pairing.pair();
  for (std::size_t i = 0; i < sent.size(); ++i) results.items[i] = result_of(of_item[i]);
  return results;
}

}  // namespace usher::customers
