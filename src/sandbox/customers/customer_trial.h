// SPDX-License-Identifier: Apache-2.0
// For tests: a customer API asked in process, with a clock that the test moves.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "sandbox/customers/customer_api.h"
#include "sandbox/trial.h"

namespace usher::sandbox::customers {

inline constexpr const char* kC4rToken = "/auth-service/tenants/001/oauth/token";
inline constexpr const char* kEngageToken =
    "/auth/realms/001-operators/protocol/openid-connect/token";
inline constexpr const char* kCustomers =
    "/api/customer-profile/services/rest/customers-import/v1/customers";
inline constexpr const char* kHouseholds =
    "/api/customer-profile/services/rest/customers-import/v1/households";

// `more`: further members of the person, each with a comma in front.
[[nodiscard]] inline std::string person(std::string_view id, std::string_view more = "",
                                        std::string_view change = "CREATE") {
  return fmt::format(
      R"({{"changeType":"{}","type":"PERSON","person":{{"customerId":"{}","firstName":"EMMA",)"
      R"("lastName":"TEST"{}}}}})",
      change, id, more);
}
[[nodiscard]] inline std::string household(std::string_view id,
                                           std::string_view change = "CREATE") {
  return fmt::format(R"({{"changeType":"{}","householdId":"{}","memberIds":["1"]}})", change, id);
}
[[nodiscard]] inline std::string people(int count, int first = 1) {
  std::string items;
  for (int i = 0; i < count; ++i) items += (i == 0 ? "" : ",") + person(std::to_string(first + i));
  return items;
}

class CustomerTrial {
 public:
  explicit CustomerTrial(CustomerOptions options = {}) : api_(with_seed(std::move(options))) {}

  Answer ask(std::string method, std::string target, std::string body = "",
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::ServerRequest request{.method = std::move(method),
                               .target = std::move(target),
                               .headers = std::move(headers),
                               .body = std::move(body)};
    Answer answer{.reply = api_.handle(request, now)};
    answer.status = answer.reply.status;
    boost::json::error_code not_json;
    answer.body = boost::json::parse(answer.reply.body, not_json);
    return answer;
  }
  Answer log_in(const std::string& form = "grant_type=password&username=u&password=p&client_id=c") {
    return ask("POST", kEngageToken, form, {kForm});
  }
  Answer log_in_c4r(std::string_view pair, const std::string& form) {
    return ask("POST", kC4rToken, form, {kForm, {"Authorization", "Basic " + to_base64(pair)}});
  }
  Answer post(const std::string& items) { return send(kCustomers, "data", items); }
  Answer post_households(const std::string& items) {
    return send(kHouseholds, "households", items);
  }
  Answer send(std::string target, std::string_view list, const std::string& items) {
    return ask("POST", std::move(target), fmt::format(R"({{"{}":[{}]}})", list, items),
               {{"Authorization", "Bearer " + token}});
  }
  Answer fault(const std::string& text) { return ask("POST", "/_sandbox/faults", text); }
  std::string state(std::string_view pointer) { return ask("GET", "/_sandbox/state").at(pointer); }
  // A member of the dump's line about `id`; "" when there is no such line.
  std::string dumped(std::string_view id, std::string_view member) {
    for (const auto line : split(dump_ = ask("GET", "/_sandbox/dump").reply.body, '\n')) {
      if (line.empty()) continue;
      Answer answer{.body = boost::json::parse(line)};
      if (answer.at("/id") == id) return answer.at(fmt::format("/{}", member));
    }
    return "";
  }

  Now now{.steady = Instant{std::chrono::hours(1)}, .wall = WallTime{}};
  std::string token = "token_1";

  static inline const std::pair<std::string, std::string> kForm{
      "Content-Type", "application/x-www-form-urlencoded"};

 private:
  static CustomerOptions with_seed(CustomerOptions options) {
    if (options.seed == 0) options.seed = 1;
    return options;
  }
  CustomerApi api_;
  std::string dump_;
};

}  // namespace usher::sandbox::customers
