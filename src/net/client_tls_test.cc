// SPDX-License-Identifier: Apache-2.0
// The client over TLS and HTTP/2, against nghttpd (Debian: nghttp2-server) with a certificate made
// for the occasion by openssl.
#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/client.h"
#include "net/client_trial_test.h"
#include "net/scripted_server_test.h"

namespace usher::net {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using testing::HasSubstr;

// A child process, ended with its owner.
class Child {
 public:
  explicit Child(std::vector<std::string> words) {
    std::vector<char*> arguments(words.size() + 1);
    std::ranges::transform(words, arguments.begin(), [](auto& word) { return word.data(); });
    posix_spawn_file_actions_t files{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    if (::posix_spawnp(&pid_, arguments[0], &files, nullptr, arguments.data(), environ) != 0) {
      pid_ = -1;
    }
    ::posix_spawn_file_actions_destroy(&files);
  }
  ~Child() { end(SIGKILL); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] bool started() const { return pid_ > 0; }
  void signal(int number) const { ::kill(pid_, number); }
  void end(int number) {
    if (pid_ <= 0) return;
    signal(number);
    wait();
  }
  int wait() {
    int status = -1;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }
  // True once the process is gone.
  bool gone() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ <= 0;
  }

 private:
  pid_t pid_ = -1;
};

// How many sockets of this process are connected to that port.
int connections_to(const std::string& port) {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && std::to_string(ntohs(peer.sin_port)) == port) ++count;
  }
  return count;
}

// A folder with a key, a certificate for 127.0.0.1 that signs itself, and nghttpd behind it.
class ClientTls : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "usher-tls-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Child openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                   "/CN=usher test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key(),
                   "-out", cert()});
    ASSERT_TRUE(openssl.started()) << "openssl is not installed";
    ASSERT_EQ(openssl.wait(), 0);
    serve();
  }
  void TearDown() override {
    server_.reset();
    for (const auto& file : {key(), cert()}) ::unlink(file.c_str());
    ::rmdir(folder_.c_str());
  }

  [[nodiscard]] std::string key() const { return folder_ + "/key.pem"; }
  [[nodiscard]] std::string cert() const { return folder_ + "/cert.pem"; }

  // nghttpd cannot choose a port itself: it gets one that has just been free, another when that has
  // been taken meanwhile.
  void serve() {
    for (int attempt = 0; attempt < 20; ++attempt) {
      port_ = std::to_string(ntohs(Listener(1).address.sin_port));
      server_ = std::make_unique<Child>(std::vector<std::string>{
          "nghttpd", "--address=127.0.0.1", "--echo-upload", port_, key(), cert()});
      ASSERT_TRUE(server_->started()) << "nghttpd is not installed";
      Client client = open_client(trusting());
      while (!server_->gone()) {
        if (exchange(client, post("{}")).transport == Transport::answered) return;
      }
    }
    FAIL() << "nghttpd does not answer";
  }

  [[nodiscard]] Client::Options trusting() const {
    auto options = trial_options("https://127.0.0.1:" + port_);
    options.ca_file = cert();
    return options;
  }

  std::string folder_;
  std::string port_;
  std::unique_ptr<Child> server_;
};

TEST_F(ClientTls, ManyRequestsShareOneHttp2Connection) {
  Client client = open_client(trusting());
  std::uint64_t sent = 0;
  std::map<std::uint64_t, Response> responses;
  while (responses.size() < 2000) {
    for (; client.in_flight() < 64 && sent < 2000; ++sent) {
      Request request = post("\"" + std::to_string(sent) + "\"", "/echo");
      request.idempotency_key = std::to_string(sent);
      client.send(sent, request);
    }
    responses.merge(await(client, 1));
    ASSERT_FALSE(HasFailure());
  }
  for (const auto& [ticket, response] : responses) {
    ASSERT_EQ(outcome(response), "answered 200") << response.detail;
    ASSERT_EQ(response.body, "\"" + std::to_string(ticket) + "\"");
  }
  EXPECT_EQ(connections_to(port_), 1);
}

TEST_F(ClientTls, LargeBodiesPassBothWays) {
  Client client = open_client(trusting());
  const std::string body(2'000'000, 'b');
  const Response response = exchange(client, post(body, "/echo"));
  EXPECT_EQ(outcome(response), "answered 200") << response.detail;
  EXPECT_TRUE(response.body == body);

  auto options = trusting();
  options.max_answer = body.size() - 1;
  Client bounded = open_client(std::move(options));
  EXPECT_EQ(exchange(bounded, post(body, "/echo")).detail,
            "the answer is larger than 1999999 bytes");
  EXPECT_EQ(outcome(exchange(bounded, post("{}", "/echo"))), "answered 200");
}

TEST_F(ClientTls, ACertificateNobodyVouchesForIsUnreachable) {
  auto options = trusting();
  options.ca_file.clear();
  Client client = open_client(std::move(options));
  for (int i = 0; i < 3; ++i) {
    const Response response = exchange(client, post("{}"));
    EXPECT_EQ(outcome(response), "unreachable 0");
    EXPECT_TRUE(response.hopeless);
    EXPECT_THAT(response.detail,
                HasSubstr("certificate of 127.0.0.1:" + port_ + " is not trusted"));
  }
}

TEST_F(ClientTls, ACertificateForAnotherNameIsUnreachable) {
  auto options = trusting();
  options.base_url = "https://localhost:" + port_;
  Client client = open_client(std::move(options));
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "unreachable 0");
  EXPECT_THAT(response.detail, HasSubstr("is not trusted"));
}

TEST_F(ClientTls, APeerThatDoesNotSpeakTlsIsUnreachable) {
  // Silence may be an accident of this one connection; an answer without TLS and an alert are not.
  for (const std::string& bytes :
       {""s, "HTTP/1.1 400 Bad Request\r\n\r\n"s, "\x15\x03\x01\x00\x02\x02\x28"s}) {
    ScriptedServer plain([&](Visit& visit) {
      visit.receive();
      visit.send(bytes);
    });
    auto options = trusting();
    options.base_url = "https" + plain.url().substr(4);
    Client client = open_client(std::move(options));
    const Response response = exchange(client, post("{}"));
    EXPECT_EQ(outcome(response), "unreachable 0");
    EXPECT_EQ(response.hopeless, !bytes.empty()) << response.detail;
    EXPECT_THAT(response.detail, HasSubstr(plain.url().substr(7)));
    EXPECT_EQ(response.detail.contains("does not speak TLS"), bytes.starts_with("HTTP"));
  }
}

TEST_F(ClientTls, AHandshakeThatHangsIsUnreachable) {
  ScriptedServer silent([](Visit& visit) { visit.until_client_leaves(); });
  auto options = trusting();
  options.base_url = "https" + silent.url().substr(4);
  options.connect_timeout = milliseconds{200};
  Client client = open_client(std::move(options));
  for (std::uint64_t i = 0; i < 5; ++i) client.send(i, post("{}"));
  for (const auto& [ticket, response] : await(client, 5)) {
    EXPECT_EQ(outcome(response), "unreachable 0") << response.detail;
    EXPECT_FALSE(response.hopeless);
  }
}

// What is offered in the handshake (ALPN) is readable.
TEST_F(ClientTls, Http2IsOfferedOnlyWhenWanted) {
  for (const bool wanted : {false, true}) {
    std::string hello;
    ScriptedServer server([&](Visit& visit) {
      visit.receive();
      hello = visit.received();
    });
    auto options = trusting();
    options.base_url = "https" + server.url().substr(4);
    options.http2 = wanted;
    Client client = open_client(std::move(options));
    EXPECT_EQ(outcome(exchange(client, post("{}"))), "unreachable 0");
    EXPECT_THAT(hello, HasSubstr("\x08http/1.1"));
    EXPECT_EQ(hello.find("\x02h2") != hello.npos, wanted);
  }
}

// The requests have left (the stopped server's kernel takes them), then everything ends.
TEST_F(ClientTls, RequestsInFlightAreLostWhenTheServerDies) {
  Client client = open_client(trusting());
  ASSERT_EQ(outcome(exchange(client, post("{}", "/echo"))), "answered 200");
  server_->signal(SIGSTOP);
  for (std::uint64_t i = 0; i < 20; ++i) client.send(i, post("{}", "/echo"));
  client.wait(milliseconds{100});
  server_->end(SIGKILL);
  for (const auto& [ticket, response] : await(client, 20)) {
    EXPECT_EQ(outcome(response), "lost 0") << response.detail;
  }
  EXPECT_EQ(outcome(exchange(client, post("{}", "/echo"))), "unreachable 0");
}

TEST_F(ClientTls, OneLateExchangeDoesNotDisturbTheOthersOfItsConnection) {
  auto options = trusting();
  options.timeout = milliseconds{400};
  Client client = open_client(std::move(options));
  ASSERT_EQ(outcome(exchange(client, post("{}", "/echo"))), "answered 200");
  server_->signal(SIGSTOP);
  client.send(1, post("{}", "/echo"));
  EXPECT_EQ(outcome(await(client, 1).at(1)), "lost 0");
  server_->signal(SIGCONT);
  for (int i = 0; i < 20; ++i) {
    const std::string body = std::to_string(i);
    const Response response = exchange(client, post(body, "/echo"));
    EXPECT_EQ(outcome(response), "answered 200") << response.detail;
    EXPECT_EQ(response.body, body);
  }
}

}  // namespace
}  // namespace usher::net
