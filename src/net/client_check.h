// SPDX-License-Identifier: Apache-2.0
// What is checked before libcurl sees it: options that cannot work, and text that could bend a
// request into another one (a line end in a header, a path that changes the host).
// Tested by client_test.cc.
#pragma once

#include <chrono>

#include "base/result.h"
#include "net/client.h"
#include "net/http.h"

namespace usher::net {

inline constexpr std::chrono::hours kLongestTime{24 * 365};  // fits into every unit used here

[[nodiscard]] Status check(const Client::Options& options);  // but for base_url: client_url.h
[[nodiscard]] Status check(const Request& request);  // but for the host of its url: client_url.h

}  // namespace usher::net
