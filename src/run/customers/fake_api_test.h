// SPDX-License-Identifier: Apache-2.0
// For tests: an API that takes batches of customers, answers as a test says, and remembers who is
// there, how often each was made, and the bodies as they came.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "net/scripted_server_test.h"

namespace usher::customers {

class FakeApi {
 public:
  // What is said of an item: "SUCCESS" makes it, "CONFLICT" when it is there already.
  struct Answer {
    int status = 201;
    std::function<std::string(const std::string& id)> result;  // none: as is right
    bool carried_out = true;                                   // whatever is answered
    std::string body;                                          // none: made of the results
  };
  // Of the n-th request, 1 is the first.
  using Rule = std::function<Answer(int number, const std::vector<std::string>& ids)>;

  explicit FakeApi(Rule rule = {})
      : rule_(std::move(rule)),
        server_(net::answering([this](const std::string& request) { return serve(request); })) {}

  [[nodiscard]] std::string url() const { return server_.url() + "/customers"; }
  void set_rule(Rule rule) {
    const std::lock_guard lock(mutex_);
    rule_ = std::move(rule);
  }
  // How often each was made.
  [[nodiscard]] std::map<std::string, int> there() {
    const std::lock_guard lock(mutex_);
    return there_;
  }
  [[nodiscard]] std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  std::string serve(const std::string& request) {
    const std::lock_guard lock(mutex_);
    const std::string body(net::body_of(request));
    bodies_.push_back(body);
    boost::system::error_code error;
    const auto parsed = boost::json::parse(body, error);
    std::vector<std::string> ids;
    if (!error) {
      for (const auto& item : parsed.at("data").as_array()) {
        ids.emplace_back(item.at("person").at("customerId").as_string());
      }
    }
    const Answer answer = rule_ ? rule_(static_cast<int>(bodies_.size()), ids) : Answer{};
    boost::json::array results;
    for (const std::string& id : ids) {
      std::string result = there_.contains(id) ? "CONFLICT" : "SUCCESS";
      if (answer.result) result = answer.result(id);
      if (result == "SUCCESS" && answer.carried_out) ++there_[id];
      results.push_back({{"changeType", "CREATE"}, {"result", result}, {"customerId", id}});
    }
    const std::string text = answer.body.empty()
                                 ? boost::json::serialize(boost::json::object{{"data", results}})
                                 : answer.body;
    return net::answer(answer.status, text);
  }

  std::mutex mutex_;
  Rule rule_;
  std::map<std::string, int> there_;
  std::vector<std::string> bodies_;
  net::ScriptedServer server_;
};

}  // namespace usher::customers
