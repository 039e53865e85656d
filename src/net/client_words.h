// SPDX-License-Identifier: Apache-2.0
// What a failed exchange is called in one line for a person, out of what libcurl tells about it.
// Whether a request may have been carried out is decided in client.cc.
// Tested by client_fault_test.cc.
#pragma once

#include <chrono>
#include <string>

namespace usher::net {

struct CurlFailure {
  int code = 0;      // a CURLcode
  std::string said;  // libcurl's own line, as it came
  int cause = 0;     // errno of the last connect; 0: unknown
};

// `place` is the server's host and port.
[[nodiscard]] std::string why_unreachable(const CurlFailure& failure, const std::string& place,
                                          std::chrono::milliseconds connect_timeout);
// No connection will come about however often it is tried: TLS was refused or not understood, or
// the certificate is not good. A connection that merely ended is not of that kind.
[[nodiscard]] bool is_hopeless(const CurlFailure& failure);
[[nodiscard]] std::string why_lost(const CurlFailure& failure);

[[nodiscard]] std::string span_in_words(std::chrono::milliseconds span);  // "60 s", "200 ms"

}  // namespace usher::net
