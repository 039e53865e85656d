// SPDX-License-Identifier: Apache-2.0
// A server for the client's tests: bare sockets, one thread per connection, each led by the test's
// script, and a record of every request that arrived. It can do what no decent server does.
#pragma once

#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/file.h"

namespace usher::net {

inline std::string answer(int status, std::string_view body, std::string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Type: application/json\r\n" +
         std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

inline std::string_view body_of(std::string_view message) {
  const auto head = message.find("\r\n\r\n");
  return head == message.npos ? std::string_view{} : message.substr(head + 4);
}

// A listener on a port of its own.
struct Listener {
  explicit Listener(int backlog) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!fd) std::abort();
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd.get(), generic, size) != 0 || ::listen(fd.get(), backlog) != 0 ||
        ::getsockname(fd.get(), generic, &size) != 0) {
      std::abort();
    }
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  Fd fd;
  sockaddr_in address{};
};

class ScriptedServer;

// One connection, as the script sees it.
class Visit {
 public:
  Visit(ScriptedServer& server, Fd fd, int number)
      : number_(number), server_(server), fd_(std::move(fd)) {
    const timeval most{.tv_sec = 30, .tv_usec = 0};  // a failure fails instead of hanging
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    const int on = 1;
    ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  [[nodiscard]] int number() const { return number_; }  // 0: the server's first connection

  // The next request, whole; nothing when the client has left (what it left behind is recorded).
  std::optional<std::string> request();

  bool send(std::string_view bytes) {
    while (fd_ && !bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return bytes.empty();
  }
  void close();
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  bool receive() {  // some bytes of the next request
    char bytes[16384];
    const auto count = fd_ ? ::recv(fd_.get(), bytes, sizeof bytes, 0) : -1;
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }
  [[nodiscard]] const std::string& received() const { return received_; }  // and not yet a request
  void until_client_leaves() {
    while (receive()) {
    }
  }
  void interrupt() { ::shutdown(fd_.get(), SHUT_RDWR); }

 private:
  int number_;
  ScriptedServer& server_;
  Fd fd_;
  std::string received_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Visit&)>;

  explicit ScriptedServer(Script script)
      : script_(std::move(script)), acceptor_([this] { accept_visits(); }) {}
  ~ScriptedServer() {
    stop_listening();
    {
      const std::lock_guard lock(mutex_);
      for (auto& entry : visits_) entry.visit.interrupt();
    }
    for (auto& entry : visits_) entry.thread.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string url() const { return listener_.url(); }

  // After this a connection is refused; those that stand are served on.
  void stop_listening() {
    ::shutdown(listener_.fd.get(), SHUT_RDWR);
    if (acceptor_.joinable()) acceptor_.join();
    listener_.fd.reset();
  }

  // Everything that arrived: whole requests, and the beginnings of requests.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  [[nodiscard]] std::size_t visits() const {
    const std::lock_guard lock(mutex_);
    return visits_.size();
  }
  void record(std::string request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }

 private:
  friend Visit;
  struct Entry {
    Visit visit;
    std::thread thread = {};
  };

  void accept_visits() {
    for (int number = 0;; ++number) {
      Fd fd(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!fd) return;
      const std::lock_guard lock(mutex_);
      visits_.push_back({.visit = Visit(*this, std::move(fd), number)});
      Entry& entry = visits_.back();
      entry.thread = std::thread([this, &entry] {
        script_(entry.visit);
        entry.visit.close();
      });
    }
  }

  Script script_;
  Listener listener_{256};
  mutable std::mutex mutex_;
  std::list<Entry> visits_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};

inline void Visit::close() {
  const std::lock_guard lock(server_.mutex_);
  fd_.reset();
}

inline std::optional<std::string> Visit::request() {
  for (;;) {
    const auto head = received_.find("\r\n\r\n");
    if (head != received_.npos) {
      constexpr std::string_view kLength = "\r\nContent-Length: ";
      const auto length = received_.find(kLength);
      std::size_t size = head + 4;
      if (length < head)
        size += std::strtoul(received_.c_str() + length + kLength.size(), nullptr, 10);
      if (received_.size() >= size) {
        std::string whole = received_.substr(0, size);
        received_.erase(0, size);
        server_.record(whole);
        return whole;
      }
    }
    if (!receive()) break;
  }
  if (!received_.empty()) server_.record(std::exchange(received_, {}));
  return {};
}

// Answers every request of a connection by what `reply` makes of it.
inline ScriptedServer::Script answering(
    std::function<std::string(const std::string& request)> reply) {
  return [reply = std::move(reply)](Visit& visit) {
    while (const auto request = visit.request()) {
      if (!visit.send(reply(*request))) return;
    }
  };
}

}  // namespace usher::net
