// SPDX-License-Identifier: Apache-2.0
#include "scenarios/customer_run.h"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace usher::scenarios {
namespace {

Launch launch_of(const LocalApi& api, const std::string& folder,
                 std::vector<std::string> arguments) {
  Launch launch;
  launch.arguments = {"import-customers"};
  const std::pair<std::string, std::string> defaults[] = {
      {"--api-url", api.url() + "/v1/customers"}, {"--mode", "engage"}, {"--delay", "0"}};
  for (const auto& [name, value] : defaults) {
    if (std::ranges::find(arguments, name) != arguments.end()) continue;
    launch.arguments.insert(launch.arguments.end(), {name, value});
  }
  for (std::string& word : arguments) launch.arguments.push_back(std::move(word));
  launch.folder = folder;
  return launch;
}

}  // namespace

LocalApi customer_api(std::vector<std::string> flags) {
  if (std::ranges::find(flags, "--seed") == flags.end()) {
    flags.insert(flags.begin(), {"--seed", "7"});
  }
  flags.insert(flags.begin(), "--customers");
  return LocalApi(std::move(flags));
}

void add_fault(const LocalApi& api, const std::string& fault) {
  api.post("/_sandbox/faults", fault);
}

Launch import_customers(const LocalApi& api, const std::string& folder,
                        std::vector<std::string> arguments) {
  Launch launch = launch_of(api, folder, std::move(arguments));
  launch.variables = {{"USHER_CUSTOMER_TOKEN", kCustomerToken}};
  return launch;
}

Launch log_in_and_import(const LocalApi& api, const std::string& folder,
                         std::vector<std::string> arguments) {
  arguments.insert(
      arguments.begin(),
      {"--auth-url", api.url() + "/auth/realms/001-operators/protocol/openid-connect/token"});
  Launch launch = launch_of(api, folder, std::move(arguments));
  launch.variables = {{"USHER_CUSTOMER_USER", "operator"},
                      {"USHER_CUSTOMER_PASSWORD", "made up"},
                      {"USHER_CUSTOMER_CLIENT_ID", "importer"}};
  return launch;
}

CustomerRun::CustomerRun(Launch launch) {
  launch.arguments.emplace_back("--json");
  ran_ = run(launch);
  sheet_ = JsonSheet(ran_.out);
}

std::vector<std::int64_t> CustomerRun::counts() const {
  const std::vector<std::int64_t> counts = {number("counts.arrived"), number("counts.failed"),
                                            number("counts.unconfirmed"), number("counts.notSent")};
  EXPECT_EQ(counts[0] + counts[1] + counts[2] + counts[3], number("counts.total")) << ran_.out;
  return counts;
}

}  // namespace usher::scenarios
