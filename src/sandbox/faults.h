// SPDX-License-Identifier: Apache-2.0
// Faults on purpose, seeded: which request suffers what. Read from a JSON file (docs/sandbox.md) or
// set with --fault NAME=PROBABILITY. Decides only; the server's Delivery carries it out. Faults of
// the customer API may also meet single items of a request: those are drawn by the item's id, so
// that they do not depend on the order of requests. Tested by faults_test.cc, item_faults_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace usher::sandbox {

enum class FaultKind {
  latency,             // late by delay_ms plus up to jitter_ms; goes with any other fault
  throttle,            // 429, Retry-After as given ("" : header absent)
  error_json,          // status with the API's JSON body, nothing committed
  error_html,          // status with a load balancer's HTML page, nothing committed
  reset_before,        // nothing committed, connection reset
  commit_then_cut,     // committed, connection reset before the answer
  commit_then_hang,    // committed, no answer until the client gives up
  commit_then_error,   // committed, answered with `status`
  slow_body,           // committed, body trickles over delay_ms
  cut_body,            // committed, half an answer
  wrong_content_type,  // committed, right body labelled text/html

  // The customer API's own. All are committed but the first three (`commit` says otherwise).
  gateway_timeout,  // 504 with a gateway's HTML page
  expire_tokens,    // 401, and every token that was given out is over
  result,           // of an item: `result` instead of the truth
  drop_result,      // of an item: its result is missing
  shuffle_results,  // results in another order
  no_ids,           // results without customerId, username, email
  lower_case,       // codes in lower case
  extra_result,     // one result more, of somebody who was not sent
  empty_body,       // the status of success, and nothing
  html_page,        // the same with a page
  other_answer,     // `status` with `body` as it is
};

// Which API a fault is for.
enum class Api { users, customers };
[[nodiscard]] bool known_to(Api api, FaultKind kind);
[[nodiscard]] bool meets_items(FaultKind kind);  // rather than requests

[[nodiscard]] std::string_view to_string(FaultKind kind);  // "commit_then_cut"

struct Fault {
  FaultKind kind = FaultKind::latency;
  double probability = 1.0;
  std::string method = "*";      // verb or *
  std::string path = "*";        // exact, "prefix/*", or *
  int status = 503;              // error_json, error_html, commit_then_error
  std::string retry_after = {};  // throttle (and 503): header text; empty: absent
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};
  std::uint64_t after = 0;  // spare the first n matching requests
  std::uint64_t every = 0;  // > 0: every n-th matching request instead of by probability
  std::uint64_t count = 0;  // > 0: fires so often, then rests
  std::string name = {};    // for counters and messages; empty becomes the kind's

  // Of the customer API:
  std::uint64_t items_over = 0;   // only requests with more items than this
  double commit = -1;             // share of the items that is carried out; negative: the kind's
  std::string result = "FAILED";  // result: the code; empty: no code at all
  std::string id = "*";           // result, drop_result: whom it meets: exact, "prefix*", or *
  bool once = false;              // result, drop_result: nobody twice
  std::string body = {};          // other_answer, error_json, commit_then_error: verbatim
  std::string content_type = {};  // other_answer; empty: JSON
};

// "NAME" or "NAME=PROBABILITY" as --fault takes it: a fault of that kind over every request.
// Latency and slow bodies take up to a second then. A name in capitals is a result of the customer
// API: "CONFLICT=0.01".
[[nodiscard]] Result<Fault> parse_fault_flag(std::string_view text, Api api = Api::users);

class FaultPlan {
 public:
  FaultPlan() = default;
  FaultPlan(std::vector<Fault> faults, std::uint64_t seed);

  // {"seed": 7, "faults": [{"kind": "commit_then_cut", "probability": 0.01, "path": "..."}]}
  // with the fields of Fault; delay and jitter are delay_ms and jitter_ms. Errors name the fault by
  // its index and the field: "faults[0].probability is 3, ...".
  [[nodiscard]] static Result<FaultPlan> parse(std::string_view json, Api api = Api::users);

  struct Hit {
    std::chrono::milliseconds latency{0};
    const Fault* fault = nullptr;  // at most one besides latency, the first; valid until add()
  };
  [[nodiscard]] Hit next(std::string_view method, std::string_view path, std::uint64_t items = 0);
  // Of one item of a request to `path`, which is received for the n-th time (1 is the first).
  [[nodiscard]] const Fault* next_item(std::string_view path, std::string_view id,
                                       std::uint64_t nth);
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  void add(Fault fault);
  void clear();

 private:
  std::vector<Fault> faults_;
  std::vector<std::uint64_t> seen_;
  std::vector<std::uint64_t> fired_;
  std::vector<Random> draws_;
  std::vector<std::unordered_set<std::string>> met_;  // by faults that meet nobody twice
  std::uint64_t seed_ = 1;
};

}  // namespace usher::sandbox
