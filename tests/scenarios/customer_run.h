// SPDX-License-Identifier: Apache-2.0
// `usher import-customers` against `usher sandbox --customers`, and what it tells programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/job_trial.h"
#include "scenarios/json_sheet.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {

inline constexpr const char* kCustomerToken = "token_scenario";

// A sandbox of the customer API; the same faults for the same requests.
[[nodiscard]] LocalApi customer_api(std::vector<std::string> flags = {});
void add_fault(const LocalApi& api, const std::string& fault);

// With a token by hand, without a delay between requests. `arguments` go last.
[[nodiscard]] Launch import_customers(const LocalApi& api, const std::string& folder,
                                      std::vector<std::string> arguments);
// With user and password instead.
[[nodiscard]] Launch log_in_and_import(const LocalApi& api, const std::string& folder,
                                       std::vector<std::string> arguments);

// One run to its end, with --json.
class CustomerRun {
 public:
  explicit CustomerRun(Launch launch);

  [[nodiscard]] int code() const { return ran_.code; }
  [[nodiscard]] const std::string& err() const { return ran_.err; }
  [[nodiscard]] const std::string& out() const { return ran_.out; }
  // "counts.arrived"; a failure of the test when there is none.
  [[nodiscard]] std::int64_t number(const std::string& pointer) const {
    return sheet_.number(pointer);
  }
  [[nodiscard]] std::string text(const std::string& pointer) const { return sheet_.text(pointer); }
  // arrived, failed, unconfirmed, not sent; that they add up is always expected.
  [[nodiscard]] std::vector<std::int64_t> counts() const;

 private:
  Ran ran_;
  JsonSheet sheet_;
};

}  // namespace usher::scenarios
