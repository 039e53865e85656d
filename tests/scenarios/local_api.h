// SPDX-License-Identifier: Apache-2.0
// `usher sandbox` as a child process, and what scenarios ask it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/http.h"
#include "scenarios/process.h"

namespace usher::scenarios {

class LocalApi {
 public:
  // Limits off and a fixed seed unless the flags say otherwise.
  explicit LocalApi(std::vector<std::string> flags = {});

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] Process& process() { return process_; }

  // The body of the answer to GET `path`.
  [[nodiscard]] std::string get(const std::string& path) const;
  std::string post(const std::string& path, std::string body = {}) const;
  void remove(const std::string& path) const;
  // A number of GET /_sandbox/state: "users", "requests.total".
  [[nodiscard]] std::int64_t count(const std::string& pointer) const;
  // Asks until that number is at least `least`; a failure of the test when it never is.
  void wait_for(const std::string& pointer, std::int64_t least) const;

 private:
  [[nodiscard]] std::string ask(const net::Request& request) const;

  Process process_;
  std::string url_;
};

// Ready to import into `api` out of `folder`, with a key in the environment.
[[nodiscard]] Launch import_into(const LocalApi& api, const std::string& folder,
                                 std::vector<std::string> arguments);

// `rows` different people, no organizations.
[[nodiscard]] std::string people(std::size_t rows);

}  // namespace usher::scenarios
