// SPDX-License-Identifier: Apache-2.0
// The only file that includes Beast. A Connection reads one request, has it answered, delivers the
// answer as its Delivery asks, and reads the next; a shared_ptr in the pending operation keeps it
// alive. One sweep a second, instead of a timer per operation, closes connections that stay silent.
#include "net/server.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <unordered_set>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/time.h"

namespace usher::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
using Protocol = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Protocol, Executor>;
using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

std::string_view ServerRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

namespace {

constexpr std::chrono::seconds kLinger{2};         // for the peer to read a last answer
constexpr std::chrono::milliseconds kTrickle{10};  // between two pieces of a slow body
constexpr std::chrono::milliseconds kSweep{1000};
constexpr std::size_t kReadAhead = 8 << 10;

class Connection;

// What all connections share. `connections` stands before `context`, so that the operations that
// die with the context can still sign their connections out.
struct Hub {
  Server::Options options{};
  Server::Handler handler{};
  std::unordered_set<Connection*> connections{};
  std::size_t in_flight = 0;
  std::string date{};
  WallTime date_of{};
  asio::io_context context{1};

  const std::string& current_date() {
    const WallTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (date.empty() || now != date_of) {
      date = to_http_date(now);
      date_of = now;
    }
    return date;
  }
};

bool has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

Reply plain_refusal(int status, std::string_view message) {
  return Reply{.status = status, .body = fmt::format(R"({{"message":"{}"}})", message)};
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Hub& hub, Socket socket) : hub_(hub), socket_(std::move(socket)), timer_(hub.context) {
    hub_.connections.insert(this);
  }
  ~Connection() {
    settle();
    hub_.connections.erase(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    error_code ignored;
    (void)socket_.set_option(Protocol::no_delay(true), ignored);
    (void)socket_.non_blocking(true, ignored);
    buffer_.reserve(kReadAhead);
    read();
  }

  void close() {
    settle();
    timer_.cancel();
    error_code ignored;
    (void)socket_.close(ignored);
  }

  void close_if_silent(Clock::time_point now) {
    if (now >= deadline_) close();
  }

 private:
  using Parser = http::parser<true, http::string_body>;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  // A member function as the handler of an operation, which keeps the connection alive.
  template <class Then>
  auto then(Then member) {
    return [self = shared_from_this(), member](error_code error, auto&&...) {
      ((*self).*member)(error);
    };
  }

  void read() {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(hub_.options.max_header));
    parser_->body_limit(hub_.options.max_body);
    deadline_ = Clock::now() + hub_.options.idle;
    http::async_read_header(socket_, buffer_, *parser_, then(&Connection::on_header));
  }

  void on_header(error_code error) {
    if (error) return on_bad_read(error);
    if (parser_->is_done()) return on_request({});
    if (equal_ignoring_case(std::string_view(parser_->get()[http::field::expect]),
                            "100-continue")) {
      wire_ = "HTTP/1.1 100 Continue\r\n\r\n";
      return asio::async_write(socket_, asio::buffer(wire_), then(&Connection::read_body));
    }
    read_body({});
  }

  void read_body(error_code error) {
    if (error) return close();
    parser_->eager(true);
    if (buffer_.size() > 0) {  // mostly the body came along with the header
      buffer_.consume(parser_->put(buffer_.data(), error));
      if (error && error != http::error::need_more) return on_bad_read(error);
      if (parser_->is_done()) return on_request({});
    }
    http::async_read(socket_, buffer_, *parser_, then(&Connection::on_request));
  }

  void on_bad_read(error_code error) {
    deadline_ = kNever;
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() != http::make_error_code(http::error::bad_version).category()) {
      return close();
    }
    keep_alive_ = false;
    if (error == http::error::body_limit) {
      return deliver(plain_refusal(413, "The request body is too large."));
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return deliver(plain_refusal(431, "The request header is too large."));
    }
    deliver(plain_refusal(400, "The request is not well-formed HTTP/1.1."));
  }

  void on_request(error_code error) {
    if (error) return on_bad_read(error);
    deadline_ = kNever;
    ++hub_.in_flight;
    counted_ = true;
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    old_peer_ = message.version() < 11;
    without_body_ = message.method() == http::verb::head;
    ServerRequest request;
    request.method = message.method_string();
    request.target = message.target();
    request.headers.reserve(16);
    for (const auto& field : message) {
      request.headers.emplace_back(field.name_string(), field.value());
    }
    request.body = std::move(message.body());
    deliver(answer(request));
  }

  Reply answer(const ServerRequest& request) {
    try {  // a handler that throws has a bug; the others' connections need not pay for it
      return hub_.handler(request);
    } catch (const std::exception&) {
      return plain_refusal(500, "Internal server error.");
    }
  }

  void deliver(const Reply& reply) {
    delivery_ = reply.delivery;
    body_at_ = write_head(reply);
    if (has_body(reply.status) && !without_body_) wire_ += reply.body;
    const bool hangs = delivery_.cut == Delivery::Cut::hang;
    const auto wait = hangs ? delivery_.delay + delivery_.hang_for : delivery_.delay;
    if (!hangs && wait.count() <= 0) return send({});
    watch();
    timer_.expires_after(wait);
    timer_.async_wait(then(hangs ? &Connection::on_hung : &Connection::on_due));
  }

  // Returns where the body begins.
  std::size_t write_head(const Reply& reply) {
    wire_.clear();
    const auto reason = http::obsolete_reason(static_cast<http::status>(reply.status));
    auto out = std::back_inserter(wire_);
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", reply.status,
                   std::string_view(reason.data(), reason.size()), hub_.current_date());
    if (has_body(reply.status)) {
      add_header("Content-Type", reply.content_type);
      fmt::format_to(out, "Content-Length: {}\r\n", reply.body.size());
    }
    if (!keep_alive_) add_header("Connection", "close");
    if (keep_alive_ && old_peer_) add_header("Connection", "keep-alive");
    for (const auto& [name, value] : reply.headers) add_header(name, value);
    wire_ += "\r\n";
    return wire_.size();
  }

  void add_header(std::string_view name, std::string_view value) {
    const bool splits = value.find_first_of("\r\n") != std::string_view::npos;
    if (value.empty() || splits) return;  // a value from a file must not become two headers
    wire_.append(name).append(": ").append(value).append("\r\n");
  }

  // Learns that the peer has gone while there is nothing to write. An orderly end may be a
  // half-close, so a delayed answer is still written; only the hanging one is for nobody then.
  void watch() {
    watching_ = true;
    socket_.async_wait(Socket::wait_read, then(&Connection::on_peer));
  }

  void on_peer(error_code error) {
    if (error || !watching_) return;
    watching_ = false;
    char byte = 0;
    if (::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) return;
    settle();
    if (delivery_.cut == Delivery::Cut::hang) close();
  }

  void stop_watching() {
    if (!watching_) return;
    watching_ = false;
    error_code ignored;
    (void)socket_.cancel(ignored);
  }

  void on_hung(error_code error) {
    if (!error) close();
  }

  void on_due(error_code error) {
    if (error) return;
    stop_watching();
    send({});
  }

  void send(error_code error) {
    if (error) return close();
    switch (delivery_.cut) {
      case Delivery::Cut::before_answer:
        return reset({});
      case Delivery::Cut::mid_answer: {
        const std::size_t body = wire_.size() - body_at_;
        wire_.resize(body > 0 ? body_at_ + body / 2 : body_at_ / 2);
        deadline_ = Clock::now() + hub_.options.idle;
        return asio::async_write(socket_, asio::buffer(wire_), then(&Connection::reset));
      }
      case Delivery::Cut::hang:
      case Delivery::Cut::none:
        break;
    }
    sent_ = 0;
    if (delivery_.slow_body.count() > 0 && wire_.size() > body_at_) return trickle();
    deadline_ = Clock::now() + hub_.options.idle;
    sent_ = socket_.write_some(asio::buffer(wire_), error);
    if (error && error != asio::error::would_block) return close();
    if (sent_ == wire_.size()) return on_sent({});
    asio::async_write(socket_, asio::buffer(wire_) + sent_, then(&Connection::on_sent));
  }

  // The head at once, the body in pieces spread over slow_body.
  void trickle() {
    const std::size_t body = wire_.size() - body_at_;
    const auto ticks = static_cast<std::size_t>(delivery_.slow_body / kTrickle);
    const std::size_t pieces = std::clamp<std::size_t>(ticks, 1, body);
    piece_ = (body + pieces - 1) / pieces;
    pause_ = std::chrono::duration_cast<Clock::duration>(delivery_.slow_body) /
             static_cast<Clock::rep>((body + piece_ - 1) / piece_);
    write_piece(body_at_);
  }

  void write_piece(std::size_t size) {
    deadline_ = Clock::now() + hub_.options.idle;
    const auto piece = asio::buffer(wire_.data() + sent_, size);
    sent_ += size;
    asio::async_write(socket_, piece, then(&Connection::on_piece));
  }

  void on_piece(error_code error) {
    if (error) return close();
    if (sent_ == wire_.size()) return on_sent({});
    deadline_ = kNever;
    timer_.expires_after(pause_);
    timer_.async_wait(then(&Connection::next_piece));
  }

  void next_piece(error_code error) {
    if (!error) write_piece(std::min(piece_, wire_.size() - sent_));
  }

  void on_sent(error_code error) {
    if (error) return close();
    settle();
    if (keep_alive_) return read();
    error_code ignored;
    (void)socket_.shutdown(Socket::shutdown_send, ignored);
    deadline_ = Clock::now() + kLinger;
    drain({});
  }

  // Closing with unread bytes would send a reset that can overtake the answer.
  void drain(error_code error) {
    if (error) return close();
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(kReadAhead), then(&Connection::drain));
  }

  void reset(error_code /*the peer may be gone already*/) {
    error_code ignored;
    (void)socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  void settle() {
    if (counted_) --hub_.in_flight;
    counted_ = false;
  }

  Hub& hub_;
  Socket socket_;
  Timer timer_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;
  Clock::time_point deadline_ = kNever;
  Delivery delivery_;
  std::string wire_;  // the whole answer
  std::size_t body_at_ = 0;
  std::size_t sent_ = 0;
  std::size_t piece_ = 0;
  Clock::duration pause_{};
  bool keep_alive_ = true;
  bool old_peer_ = false;      // speaks HTTP/1.0
  bool without_body_ = false;  // asked with HEAD
  bool counted_ = false;       // in hub_.in_flight
  bool watching_ = false;
};

}  // namespace

struct Server::Impl {
  explicit Impl(Options options, Handler handler)
      : hub{.options = std::move(options), .handler = std::move(handler)} {}

  Status bind() {
    error_code error;
    const auto address = asio::ip::make_address(hub.options.address, error);
    const Protocol::endpoint endpoint(address, hub.options.port);
    if (!error) (void)acceptor.open(endpoint.protocol(), error);
    if (!error) (void)acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) (void)acceptor.bind(endpoint, error);
    if (!error) (void)acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port = acceptor.local_endpoint(error).port();
    if (!error) return {};
    return fail(fmt::format("cannot listen on {}:{}: {}", hub.options.address, hub.options.port,
                            error.message()),
                "Give another port, or 0 to have one picked.");
  }

  void accept() {
    acceptor.async_accept([this](error_code error, Socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {  // out of descriptors, mostly: try again when some may be free
        retry.expires_after(std::chrono::milliseconds(50));
        retry.async_wait([this](error_code stopped) {
          if (!stopped) accept();
        });
        return;
      }
      if (hub.connections.size() < hub.options.max_connections) {
        std::make_shared<Connection>(hub, std::move(socket))->start();
      }
      accept();
    });
  }

  void sweep_later() {
    sweep.expires_after(std::min(kSweep, std::max(hub.options.idle / 4, kTrickle)));
    sweep.async_wait([this](error_code stopped) {
      if (stopped) return;
      const auto now = Clock::now();
      for (Connection* connection : hub.connections) connection->close_if_silent(now);
      sweep_later();
    });
  }

  void shut() {
    error_code ignored;
    (void)acceptor.close(ignored);
    for (Connection* connection : hub.connections) connection->close();
    hub.context.stop();
  }

  Hub hub;
  Acceptor acceptor{hub.context};
  Timer sweep{hub.context};
  Timer retry{hub.context};
  std::optional<asio::signal_set> signals;
  std::uint16_t port = 0;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;

Result<Server> Server::listen(Options options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  USHER_TRY(impl->bind());
  if (impl->hub.options.stop_on_signals) {
    auto& signals = impl->signals.emplace(impl->hub.context, SIGINT, SIGTERM);
    signals.async_wait([raw = impl.get()](error_code error, int) {
      if (!error) raw->shut();
    });
  }
  impl->accept();
  impl->sweep_later();
  return Server(std::move(impl));
}

std::uint16_t Server::port() const {
  return impl_->port;
}
void Server::run() {
  impl_->hub.context.run();
}
void Server::stop() {
  asio::post(impl_->hub.context, [impl = impl_.get()] { impl->shut(); });
}
std::size_t Server::in_flight() const {
  return impl_->hub.in_flight;
}

}  // namespace usher::net
