// SPDX-License-Identifier: Apache-2.0
// The address of an API, checked before anything is sent to it: what is wrong is said by name, and
// an API key cannot leave over plain HTTP by accident. It is taken apart by libcurl's own parser,
// so that what is checked here is what the transfers will use. Tested by client_url_test.cc.
#pragma once

#include <string>

#include "base/result.h"

namespace usher::net {

struct BaseUrl {
  std::string text;   // without a slash at the end: a path is appended to it
  std::string place;  // host, and port when given: for messages
  bool encrypted = false;
  bool loopback = false;  // this machine: no proxy, and plain HTTP is fine
};

enum class Plaintext { loopback_only, anywhere };
[[nodiscard]] Result<BaseUrl> parse_base_url(const std::string& text, Plaintext allowed);

}  // namespace usher::net
