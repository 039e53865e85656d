// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 server for the sandbox and the GUI: one thread, a handler that answers at once,
// and a delivery that may misbehave on purpose (late, slow, cut). Beast stays in server.cc. Tested
// by server_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace usher::net {

struct ServerRequest {
  std::string method{};  // "GET"
  std::string target{};  // path and query, exactly as sent
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};

  [[nodiscard]] std::string_view header(std::string_view name) const;  // any case; empty: absent
};

// How an answer travels. Everything but the default is a fault.
struct Delivery {
  enum class Cut {
    none,
    before_answer,  // connection reset (RST) without a byte
    mid_answer,     // half of the body, then a reset
    hang,  // no byte, connection kept open until the peer gives up or `hang_for` has passed
  };
  std::chrono::milliseconds delay{0};      // before the first byte
  std::chrono::milliseconds slow_body{0};  // > 0: the body trickles over this time
  std::chrono::milliseconds hang_for{120'000};
  Cut cut = Cut::none;
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";  // empty: header not sent
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  Delivery delivery{};
};

class Server {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                   // 0: the system picks one
    std::size_t max_body = 64 << 20;          // bytes; more is answered 413
    std::size_t max_header = 64 << 10;        // bytes; more is answered 431
    std::size_t max_connections = 4096;       // more are closed at once
    std::chrono::milliseconds idle{300'000};  // a silent connection is closed
    bool stop_on_signals = false;             // SIGINT and SIGTERM end run()
  };
  using Handler = std::function<Reply(const ServerRequest&)>;

  // Binds and listens. Fails with the address in the message.
  [[nodiscard]] static Result<Server> listen(Options options, Handler handler);
  ~Server();
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;

  [[nodiscard]] std::uint16_t port() const;
  void run();   // serves until stop(); call from one thread
  void stop();  // from any thread, or from a handler

  // Requests whose answers are still due or travelling, the one being handled included. Only from
  // the handler or the thread of run().
  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::net
