// SPDX-License-Identifier: Apache-2.0
// Customers and households as the customer API knows them, and what can become of one. An *item* is
// one customer or household of an input; a *batch* is so many items of one file that go out in one
// request. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace usher::customers {

enum class ImportType : std::uint8_t { customers, households };
enum class Platform : std::uint8_t { c4r, engage };
enum class Environment : std::uint8_t { development, production };

inline constexpr std::size_t kMostInBatch = 100;  // items in a request, by the published contract

// What is asked for an item. `other`: a word that the published list does not have.
enum class Change : std::uint8_t { none, create, update, upsert, del, other };

// What names an item in the API: enough to tell which result of an answer is its own.
struct Identity {
  Change change = Change::none;
  std::string id;        // customerId, or householdId
  std::string username;  // as sent; empty: the default e-mail counts
  std::string email;     // the default one
};

// What has become of an item. Numbers reach the disk: never renumber.
enum class Outcome : std::uint8_t {
  pending = 0,  // not sent, or sent and interrupted before an answer came
  arrived = 1,  // the API says so
  // Arrived: its CREATE met CONFLICT (its DELETE NOT_FOUND) after an attempt of ours that may have
  // been carried out without our hearing of it.
  echo = 2,
  failed = 3,       // refused, or given up
  unconfirmed = 4,  // sent, and no answer ever said what became of it
};

[[nodiscard]] inline bool has_arrived(Outcome outcome) {
  return outcome == Outcome::arrived || outcome == Outcome::echo;
}

// Why an item has not arrived. Few different ones are shared by many items.
struct Cause {
  // Numbers reach the disk: never renumber.
  enum class Kind : std::uint8_t {
    invalid = 1,     // the check turned it down: never sent
    result = 2,      // the API's result code for the item, in `result`
    refused = 3,     // the API refused the whole request with `http_status`
    unanswered = 4,  // no useful answer after all attempts: a transport error, or 408, 429, 5xx
    no_result = 5,   // 2xx, and the answer says nothing of the item
  } kind = Kind::result;
  int http_status = 0;  // of the last attempt; 0: nothing was answered
  std::string result;   // as sent by the API: "CONFLICT"
  std::string code;     // of the error body (its `type` or `code`), or of the transport: "timeout"
  std::string message;  // the API's words, or ours; at most kMostMessage bytes
  static constexpr std::size_t kMostMessage = 2'000;

  friend bool operator==(const Cause&, const Cause&) = default;
};

struct ItemState {
  Outcome outcome = Outcome::pending;
  bool begun = false;  // about to be sent, or sent: after a crash the attempt may have arrived
  bool maybe = false;  // an attempt was sent whose outcome is not known, in whichever run
  std::shared_ptr<const Cause> cause;  // failed and unconfirmed
};

// What an item counts as: one that was sent, and whose answer nobody waited for any more, is not
// confirmed, although a later run will try it again.
[[nodiscard]] inline Outcome counted_as(const ItemState& state) {
  const bool sent = state.begun || state.maybe;
  return state.outcome == Outcome::pending && sent ? Outcome::unconfirmed : state.outcome;
}

// Every item ends in exactly one of the first five (I9).
struct ItemCounts {
  std::uint64_t arrived = 0;  // echoes not included
  std::uint64_t echoes = 0;
  std::uint64_t failed = 0;
  std::uint64_t unconfirmed = 0;
  std::uint64_t pending = 0;
  std::uint64_t invalid = 0;  // part of failed: never sent
  // Part of unconfirmed: on its way, or cut off before an answer came.
  std::uint64_t in_doubt = 0;

  [[nodiscard]] std::uint64_t there() const { return arrived + echoes; }
  [[nodiscard]] std::uint64_t total() const {
    return arrived + echoes + failed + unconfirmed + pending;
  }
  [[nodiscard]] std::uint64_t missing() const { return failed + unconfirmed + pending; }
};

// One more item, in this state.
void count(ItemCounts& counts, const ItemState& state);

}  // namespace usher::customers
