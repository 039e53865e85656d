// SPDX-License-Identifier: Apache-2.0
#include "scenarios/local_api.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "base/text.h"
#include "net/client.h"

namespace usher::scenarios {
namespace {

constexpr std::string_view kKey = "sk_test_scenario";

Launch sandbox_launch(std::vector<std::string> flags) {
  Launch launch;
  launch.arguments = {"sandbox", "--port", "0"};
  if (std::ranges::find(flags, "--rate-limit") == flags.end()) {
    launch.arguments.insert(launch.arguments.end(), {"--rate-limit", "off"});
  }
  for (std::string& flag : flags) launch.arguments.push_back(std::move(flag));
  return launch;
}

}  // namespace

LocalApi::LocalApi(std::vector<std::string> flags) : process_(sandbox_launch(std::move(flags))) {
  const bool ready = process_.read_until([this] { return process_.out().contains("Ctrl-C\n"); });
  EXPECT_TRUE(ready) << process_.err();
  const std::string& text = process_.out();
  const auto begin = text.find("http://");
  if (begin != std::string::npos) {
    url_ = text.substr(begin, text.find_first_of(" \n", begin) - begin);
  }
}

std::string LocalApi::ask(const net::Request& request) const {
  net::Client::Options options;
  options.base_url = url_;
  options.user_agent = "scenario";
  options.bearer = Secret(kKey);
  auto client = net::Client::open(std::move(options));
  if (!client) {
    ADD_FAILURE() << client.error().line();
    return {};
  }
  client->send(1, request);
  while (true) {
    client->wait(std::chrono::seconds{1});
    auto completion = client->next();
    if (!completion) continue;
    EXPECT_EQ(completion->response.transport, net::Transport::answered);
    EXPECT_LT(completion->response.status, 300) << completion->response.body;
    return completion->response.body;
  }
}

std::string LocalApi::get(const std::string& path) const {
  net::Request request;
  request.path = path;
  return ask(request);
}

std::string LocalApi::post(const std::string& path, std::string body) const {
  net::Request request;
  request.method = net::Method::post;
  request.path = path;
  request.body = std::move(body);
  return ask(request);
}

void LocalApi::remove(const std::string& path) const {
  net::Request request;
  request.method = net::Method::del;
  request.path = path;
  (void)ask(request);
}

std::int64_t LocalApi::count(const std::string& pointer) const {
  boost::system::error_code problem;
  boost::json::value state = boost::json::parse(get("/_sandbox/state"), problem);
  for (const auto name : split(pointer, '.')) {
    const auto* object = state.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr) {
      ADD_FAILURE() << "no " << pointer << " in the sandbox's state";
      return -1;
    }
    state = boost::json::value(*found);
  }
  const auto number = state.to_number<std::int64_t>(problem);
  return problem ? -1 : number;
}

void LocalApi::wait_for(const std::string& pointer, std::int64_t least) const {
  constexpr std::chrono::minutes kPatience{4};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const std::int64_t now = count(pointer);
    if (now >= least) return;
    ASSERT_GE(now, 0);
    ASSERT_LT(std::chrono::steady_clock::now(), end) << pointer << " stays at " << now;
  }
}

Launch import_into(const LocalApi& api, const std::string& folder,
                   std::vector<std::string> arguments) {
  Launch launch;
  launch.arguments = {"import-users"};
  launch.arguments.insert(launch.arguments.end(), arguments.begin(), arguments.end());
  launch.folder = folder;
  launch.variables = {{"WORKOS_SECRET_KEY", std::string(kKey)}, {"WORKOS_API_URL", api.url()}};
  return launch;
}

std::string people(std::size_t rows) {
  std::string csv = "email,first_name\n";
  for (std::size_t i = 1; i <= rows; ++i) {
    csv += "p" + std::to_string(i) + "@example.com,Pat\n";
  }
  return csv;
}

}  // namespace usher::scenarios
