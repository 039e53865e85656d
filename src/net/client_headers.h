// SPDX-License-Identifier: Apache-2.0
// The headers of a request as the list that libcurl takes. What is the same in every request is
// written once, and what a request adds is chained in front of it, so that the usual request costs
// no allocation. Tested by client_request_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/client.h"
#include "net/http.h"

// NOLINTNEXTLINE(readability-identifier-naming): it is libcurl's
struct curl_slist;

namespace usher::net {

// The headers that never change.
class FixedHeaders {
 public:
  explicit FixedHeaders(const Client::Options& options);
  FixedHeaders(const FixedHeaders&) = delete;
  FixedHeaders& operator=(const FixedHeaders&) = delete;

  enum class Content { json, none, told };  // told: another list says which
  [[nodiscard]] curl_slist* list(Content content, bool with_key);

 private:
  std::string agent_;
  std::string key_;
  std::vector<curl_slist> with_key_;
  std::vector<curl_slist> without_key_;
};

// Those of one request, the fixed ones after them. Lives as long as the request is under way.
class OwnHeaders {
 public:
  [[nodiscard]] curl_slist* list(const Request& request, FixedHeaders& fixed);

 private:
  void add(std::string_view name, std::string_view value);

  std::vector<std::string> lines_;  // the first used_ of them
  std::size_t used_ = 0;
  std::vector<curl_slist> nodes_;
};

}  // namespace usher::net
