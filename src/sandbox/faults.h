// SPDX-License-Identifier: Apache-2.0
// Faults on purpose, seeded: which request suffers what. Read from a JSON file (docs/sandbox.md) or
// set with --fault NAME=PROBABILITY. Decides only; the server's Delivery carries it out. Tested by
// faults_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
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
};

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
};

// "NAME" or "NAME=PROBABILITY" as --fault takes it: a fault of that kind over every request.
// Latency and slow bodies take up to a second then.
[[nodiscard]] Result<Fault> parse_fault_flag(std::string_view text);

class FaultPlan {
 public:
  FaultPlan() = default;
  FaultPlan(std::vector<Fault> faults, std::uint64_t seed);

  // {"seed": 7, "faults": [{"kind": "commit_then_cut", "probability": 0.01, "path": "..."}]}
  // with the fields of Fault; delay and jitter are delay_ms and jitter_ms. Errors name the fault by
  // its index and the field: "faults[0].probability is 3, ...".
  [[nodiscard]] static Result<FaultPlan> parse(std::string_view json);

  struct Hit {
    std::chrono::milliseconds latency{0};
    const Fault* fault = nullptr;  // at most one besides latency, the first; valid until add()
  };
  [[nodiscard]] Hit next(std::string_view method, std::string_view path);
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  void add(Fault fault);
  void clear();

 private:
  std::vector<Fault> faults_;
  std::vector<std::uint64_t> seen_;
  std::vector<std::uint64_t> fired_;
  std::vector<Random> draws_;
  std::uint64_t seed_ = 1;
};

}  // namespace usher::sandbox
