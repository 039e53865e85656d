// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <boost/json.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/client.h"

namespace usher::scenario {
namespace {

std::pair<Fd, Fd> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

[[noreturn]] void become(const Words& words, const Environment& environment,
                         const std::string& folder, int out, int err) {
  std::vector<std::string> texts = {"PATH=/usr/bin:/bin"};
  for (const auto& [name, value] : environment) texts.push_back(name + "=" + value);
  std::vector<char*> env;
  for (std::string& text : texts) env.push_back(text.data());
  env.push_back(nullptr);
  std::string program = USHER_PROGRAM;
  std::vector<std::string> copies = words;
  std::vector<char*> args = {program.data()};
  for (std::string& word : copies) args.push_back(word.data());
  args.push_back(nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (folder.empty() || ::chdir(folder.c_str()) == 0)
    ::execve(program.c_str(), args.data(), env.data());
  ::_exit(127);
}

// False once the end has been reached.
bool drain(Fd& fd, std::string& into) {
  std::array<char, 65536> bytes{};
  const ssize_t got = ::read(fd.get(), bytes.data(), bytes.size());
  if (got > 0) into.append(bytes.data(), static_cast<std::size_t>(got));
  if (got == 0) fd.reset();
  return got > 0;
}

net::Response exchange(const std::string& url, net::Request request) {
  net::Client::Options options;
  options.base_url = url;
  options.user_agent = "scenario";
  options.bearer = Secret(std::string("sk_test_scenario"));
  auto client = net::Client::open(std::move(options));
  if (!client) throw std::runtime_error(client.error().line());
  client->send(1, request);
  while (true) {
    client->wait(std::chrono::seconds{1});
    if (auto completion = client->next()) return std::move(completion->response);
  }
}

}  // namespace

Program::Program(const Words& words, const Environment& environment, const std::string& folder) {
  auto [out, out_end] = make_pipe();
  auto [err, err_end] = make_pipe();
  id_ = ::fork();
  if (id_ == 0) become(words, environment, folder, out_end.get(), err_end.get());
  out_ = std::move(out);
  err_ = std::move(err);
}

Program::~Program() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void Program::signal(int number) const {
  ::kill(id_, number);
}

bool Program::read_some() {
  std::array<pollfd, 2> ready = {{{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
  if (!out_ && !err_) return false;
  if (::poll(ready.data(), ready.size(), -1) < 0) return errno == EINTR;
  if (ready[0].revents != 0) drain(out_, outcome_.out);
  if (ready[1].revents != 0) drain(err_, outcome_.err);
  return true;
}

std::string Program::wait_for(const std::string& text) {
  auto seen = [&] {
    return outcome_.out.find(text) != std::string::npos ||
           outcome_.err.find(text) != std::string::npos;
  };
  while (!seen() && read_some()) continue;
  return outcome_.out + outcome_.err;
}

Outcome Program::finish() {
  while (read_some()) continue;
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  outcome_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome_;
}

Outcome run(const Words& words, const Environment& environment, const std::string& folder) {
  return Program(words, environment, folder).finish();
}

SandboxProcess::SandboxProcess(Words flags)
    : program_(
          [&] {
            flags.insert(flags.begin(), {"sandbox", "--port", "0"});
            return flags;
          }(),
          {}) {
  const std::string printed = program_.wait_for("Ctrl-C");
  const auto begin = printed.find("http://127.0.0.1:");
  if (begin == std::string::npos) throw std::runtime_error("the sandbox did not start: " + printed);
  url_ = printed.substr(begin, printed.find_first_of(" \n", begin) - begin);
}

std::string SandboxProcess::get(const std::string& path) const {
  net::Request request;
  request.path = path;
  return exchange(url_, std::move(request)).body;
}

void SandboxProcess::post(const std::string& path, const std::string& body) const {
  net::Request request;
  request.method = net::Method::post;
  request.path = path;
  request.body = body;
  exchange(url_, std::move(request));
}

void SandboxProcess::remove(const std::string& path) const {
  net::Request request;
  request.method = net::Method::del;
  request.path = path;
  exchange(url_, std::move(request));
}

std::uint64_t SandboxProcess::state(const std::string& pointer) const {
  const boost::json::value state = boost::json::parse(get("/_sandbox/state"));
  return state.at_pointer(pointer).to_number<std::uint64_t>();
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "usher-scenario-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::path(const std::string& name) const {
  return name.empty() ? path_ : path_ + "/" + name;
}

std::string Folder::write(const std::string& name, const std::string& content) const {
  auto out = Appender::open(path(name), Appender::Mode::truncate);
  if (!out || !out->write(content) || !out->flush()) throw std::runtime_error("write " + name);
  return path(name);
}

}  // namespace usher::scenario
