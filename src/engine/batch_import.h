// SPDX-License-Identifier: Apache-2.0
// The machine of a batch import: batches and answers in, one BatchTurn of actions out. Pure: no
// I/O, no clock, and none of the items' bytes: the driver (run/customers) puts the body of a
// request together out of the items that are named, and obeys in this order:
//
//   1. apply writes      begun before sent (I1)
//   2. send sends
//   3. tell ends         settled before told (I2)
//   4. feed batches
//
// A BatchTurn whose writes settle items but begin none may be sent at once: its writes, and then
// its ends, wait for the next one's. Of two writes of one item the later one counts.
//
// A batch goes out whole, unless as much was too much before (engine/batch_size.h). What comes back
// decides item by item: settled, or sent again in a smaller request (a batch on which a gateway
// timed out is halved; items that the API could not take for the moment go again on their own), at
// most `retry.attempts` times each; what a gateway's time-out parts, a 429 puts off or an outage
// holds up is no attempt. There is nothing to look up in this API, so what is in doubt is sent
// again, and the echo of our own attempt is known by its CONFLICT. Pace, retries and outages are
// the dispatcher's, the token is Login's (engine/login.h). Tested by batch_import_test.cc and
// tests/world/batches_test.cc, which cuts it at every action.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/retry.h"
#include "model/customer.h"
#include "net/http.h"
#include "target/customers/endpoint.h"

namespace usher {

// A batch that is ready to be sent: its items that have not arrived yet.
struct OpenBatch {
  struct Item {
    std::uint32_t index = 0;  // in the batch, 0 is the first
    bool maybe = false;       // an earlier attempt may have made it (begun counts too)
  };
  std::uint64_t number = 0;
  std::vector<Item> items;
};

struct BatchTurn {
  struct Write {
    std::uint64_t batch = 0;
    std::uint32_t item = 0;  // in the batch
    customers::ItemState state;
  };
  struct Send {
    std::uint64_t ticket = 0;
    net::Request request;     // without the body when it is an import: the driver makes it
    std::uint64_t batch = 0;  // 0: a login, whose body is there
    std::vector<std::uint32_t> items;
  };
  // Every item of the batch that was fed is settled. A batch that a stop or a halt leaves with
  // pending items has no end.
  struct End {
    std::uint64_t batch = 0;
    customers::ItemCounts counts;  // of the items that were fed
    // What the API said, for people: the statuses of its last answers.
    int http_status = 0;
  };
  std::vector<Write> writes;
  std::vector<Send> sends;
  std::vector<End> ends;
  std::vector<std::string> warnings;
};

class BatchImport {
 public:
  struct Options {
    customers::Endpoint endpoint;
    customers::Credentials credentials;
    int workers = 3;      // requests in flight
    Duration spacing{0};  // between the starts of two requests, at least
    // Requests that are begun before their turn, whenever one must be (engine/import.h).
    std::size_t begin_ahead = 0;
    RetryPolicy retry;  // attempts: of a batch, the first one included
    std::uint64_t seed = 1;
  };
  enum class Halt : std::uint8_t { none, denied, unreachable };

  explicit BatchImport(Options options);
  ~BatchImport();

  [[nodiscard]] bool wants_batches() const;
  void feed(OpenBatch batch, Now now);

  // `sent`: who was in the request, in its order; needed when the answer is a 2xx of an import, and
  // not looked at otherwise.
  void answered(std::uint64_t ticket, const net::Response& response,
                std::span<const customers::Identity> sent, Now now);
  [[nodiscard]] BatchTurn turn(Now now);

  // When the sends of the last turn were on their way, after its writes: `spacing` counts from
  // there. Without being told it counts from the turn.
  void started(Instant when);

  [[nodiscard]] Instant wake(Now now);
  // A first Ctrl-C: what is in flight is awaited, and nothing leaves any more; what has not been
  // sent, or would be sent again, stays pending (with `maybe`, where an attempt may have arrived).
  void stop();
  [[nodiscard]] bool idle() const;

  [[nodiscard]] Halt halt() const;
  [[nodiscard]] const Error& halt_reason() const;
  struct Traffic {
    std::uint64_t requests = 0;   // of items
    std::uint64_t retries = 0;    // sent again after no useful answer
    std::uint64_t throttled = 0;  // answered 429
    std::uint64_t halved = 0;     // requests that were parted after a gateway's time-out
    std::uint64_t logins = 0;
  };
  [[nodiscard]] const Traffic& traffic() const;
  [[nodiscard]] int in_flight() const;
  [[nodiscard]] std::string waiting(Now now);  // as Import::waiting

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher
