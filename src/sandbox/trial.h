// SPDX-License-Identifier: Apache-2.0
// For tests: a sandbox asked in process, with a clock that the test moves and answers as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "sandbox/sandbox.h"

namespace usher::sandbox {

struct Answer {
  net::Reply reply{};
  int status = 0;
  boost::json::value body{};

  // A member by JSON pointer, "" where there is none: at("/errors/0/code"). Not a text: its JSON.
  [[nodiscard]] std::string at(std::string_view pointer) const {
    boost::json::error_code error;
    const auto* found = body.find_pointer({pointer.data(), pointer.size()}, error);
    if (found == nullptr) return "";
    if (found->is_string()) return boost::json::value_to<std::string>(*found);
    return boost::json::serialize(*found);
  }
  [[nodiscard]] std::string id() const { return at("/id"); }
  [[nodiscard]] std::string code() const { return at("/code"); }
  [[nodiscard]] std::string inner_code(int n = 0) const {
    return at(fmt::format("/errors/{}/code", n));
  }
  [[nodiscard]] std::size_t size() const {  // of the list
    return body.is_object() && body.get_object().contains("data")
               ? body.at("data").as_array().size()
               : 0;
  }
  // One member of every entry of the list.
  [[nodiscard]] std::vector<std::string> column(std::string_view name) const {
    std::vector<std::string> column;
    column.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
      column.push_back(at(fmt::format("/data/{}/{}", i, name)));
    return column;
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return "";
  }
};

class Trial {
 public:
  explicit Trial(Options options = {}) : sandbox_(std::move(options)) {}

  Answer ask(std::string method, std::string target, std::string body = "") {
    net::ServerRequest request{.method = std::move(method), .target = std::move(target)};
    request.headers = {{"Content-Type", "application/json"}};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    if (!idempotency_key.empty()) request.headers.emplace_back("Idempotency-Key", idempotency_key);
    request.body = std::move(body);
    Answer answer{.reply = sandbox_.handle(request, now)};
    answer.status = answer.reply.status;
    boost::json::error_code not_json;
    answer.body = boost::json::parse(answer.reply.body, not_json);
    return answer;
  }
  Answer get(std::string target) { return ask("GET", std::move(target)); }
  Answer post(std::string target, std::string body = "") {
    return ask("POST", std::move(target), std::move(body));
  }
  Answer put(std::string target, std::string body = "") {
    return ask("PUT", std::move(target), std::move(body));
  }
  Answer patch(std::string target, std::string body = "") {
    return ask("PATCH", std::move(target), std::move(body));
  }
  Answer del(std::string target, std::string body = "") {
    return ask("DELETE", std::move(target), std::move(body));
  }

  // Short ways to a world.
  std::string user(std::string_view email) {
    return post(kUsers, fmt::format(R"({{"email":"{}"}})", email)).id();
  }
  std::string organization(std::string_view name) {
    return post("/organizations", fmt::format(R"({{"name":"{}"}})", name)).id();
  }
  Answer join(std::string_view user_id, std::string_view organization_id,
              std::string_view more = "") {
    return post(kMemberships, fmt::format(R"({{"user_id":"{}","organization_id":"{}"{}}})", user_id,
                                          organization_id, more));
  }
  Answer role(std::string_view slug) {
    return post("/authorization/roles", fmt::format(R"({{"slug":"{0}","name":"{0}"}})", slug));
  }
  std::string count(std::string_view what) {  // of GET /_sandbox/state
    return get("/_sandbox/state").at(fmt::format("/{}", what));
  }
  void pass(Duration time) {
    now.steady += time;
    now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(time);
  }

  static constexpr const char* kUsers = "/user_management/users";
  static constexpr const char* kMemberships = "/user_management/organization_memberships";

  Now now{.steady = Instant{std::chrono::hours(1)},
          .wall = parse_iso8601("2026-03-02T09:15:07.042Z").value_or(WallTime{})};
  std::string key = "sk_test_x";
  std::string idempotency_key;

 private:
  Sandbox sandbox_;
};

}  // namespace usher::sandbox
