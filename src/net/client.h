// SPDX-License-Identifier: Apache-2.0
// The HTTP client: many requests in flight on one thread, over libcurl's multi interface (TLS,
// HTTP/2, proxies, DNS). It decides nothing: no retry, no pacing, no judgement of a status.
//
// Invariant I6: one send() puts at most one request on the wire. libcurl repeats a POST by itself
// when a reused connection dies before the answer; CURLOPT_PREREQFUNCTION aborts on its second call
// for one send, and the exchange ends as Transport::lost. Tested by client_test.cc (what is asked
// and answered), client_fault_test.cc (peers that misbehave) and client_tls_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "net/http.h"

namespace usher::net {

class Client {
 public:
  struct Options {
    std::string base_url;    // "https://api.workos.com"; scheme http or https, no query
    std::string user_agent;  // "usher/0.1.0"
    Secret bearer;  // Authorization: Bearer ... of requests to base_url; empty: header not sent
    std::chrono::milliseconds timeout{60'000};  // per exchange, from send() to the last byte
    std::chrono::milliseconds connect_timeout{10'000};
    std::size_t max_answer = 8 << 20;  // bytes; a larger body ends as lost
    int max_connections = 100;
    bool http2 = true;             // over TLS: many requests share one connection, and its end
    std::string ca_file;           // PEM; empty: the system's certificates
    bool allow_plaintext = false;  // http:// to other machines: the key travels readable
  };
  struct Completion {
    std::uint64_t ticket = 0;
    Response response;
  };

  // Fails on options that cannot work, with the reason.
  [[nodiscard]] static Result<Client> open(Options options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // The caller bounds what is in flight. `ticket` comes back with the completion. Nothing moves
  // before wait().
  void send(std::uint64_t ticket, const Request& request);

  // Works on the transfers until one completes, one of `readable` can be read (or has ended, or
  // failed), or `at_most` has passed.
  void wait(Duration at_most, std::span<const int> readable = {});
  // The next completed exchange, if any; call until nothing is left.
  [[nodiscard]] std::optional<Completion> next();

  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::net
