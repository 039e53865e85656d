// SPDX-License-Identifier: Apache-2.0
// For tests: a server in a thread of its own, and a peer with a bare socket that sees every byte.
#pragma once

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file.h"
#include "net/server.h"

namespace usher::net {

// A server in a thread of its own, stopped at the end of the test.
class Running {
 public:
  explicit Running(Server::Handler handler, Server::Options options = {})
      : server_(Server::listen(std::move(options), std::move(handler)).value()),
        thread_([this] { server_.run(); }) {}
  ~Running() {
    server_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  Server& server() { return server_; }

 private:
  Server server_;
  std::thread thread_;
};

// A blocking socket; every wait ends after 20 s, so that a failure fails instead of hanging.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval most{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // One answer with a Content-Length, or what came before the connection ended.
  std::string answer() {
    while (!complete() && more()) {
    }
    const std::size_t size = complete().value_or(received_.size());
    std::string first = received_.substr(0, size);
    received_.erase(0, size);
    return first;
  }

  // Everything until the end of the connection; `error()` is 0 when the end was orderly.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(received_, {});
  }
  [[nodiscard]] int error() const { return error_; }

  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }

 private:
  bool more() {
    char bytes[4096];
    const auto count = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (count < 0) error_ = errno;
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  [[nodiscard]] std::optional<std::size_t> complete() const {
    const auto head = received_.find("\r\n\r\n");
    if (head == std::string::npos) return {};
    const auto length = received_.find("Content-Length: ");
    std::size_t body = 0;
    if (length < head) body = static_cast<std::size_t>(std::atoi(received_.c_str() + length + 16));
    const std::size_t size = head + 4 + body;
    return received_.size() >= size ? std::optional(size) : std::nullopt;
  }

  Fd fd_;
  bool connected_ = false;
  int error_ = 0;
  std::string received_;
};

inline constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace usher::net
