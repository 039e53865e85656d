// SPDX-License-Identifier: Apache-2.0
// A faithful local copy of the customer import API: the token and import endpoints of both
// platforms, with the published limits and result codes, and faults on purpose down to single
// items. Everything it is given is kept byte for byte, so that a test can compare. handle() is
// pure: no socket, no clock. What is published and what is assumed: docs/sandbox.md. Tested by
// customer_api_test.cc, customer_faults_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/server.h"
#include "sandbox/customers/tokens.h"
#include "sandbox/faults.h"
#include "sandbox/sandbox.h"

namespace usher::sandbox::customers {

struct CustomerOptions {
  TokenRules tokens{};
  Limiter::Options limits{};
  RetryAfter retry_after = RetryAfter::seconds;  // on the limiter's own 429
  FaultPlan faults{};
  std::uint64_t seed = 0;                 // of tokens; 0: different on every start
  int success_status = 201;               // as published; the deployed service answers 200
  std::string household_answer = "data";  // the name of the list in answers about households
  bool household_ids = false;             // results of households have a householdId
  bool keep_texts = true;                 // false: a digest of each item instead of its bytes
};

class CustomerApi {
 public:
  explicit CustomerApi(CustomerOptions options);
  ~CustomerApi();
  CustomerApi(CustomerApi&&) noexcept;
  CustomerApi& operator=(CustomerApi&&) noexcept;

  // As Sandbox::handle.
  [[nodiscard]] net::Reply handle(const net::ServerRequest& request, Now now,
                                  std::size_t in_flight = 1);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Serves until stopped. Fails when it cannot listen.
[[nodiscard]] Status serve(CustomerOptions options, const Serving& serving);

}  // namespace usher::sandbox::customers
