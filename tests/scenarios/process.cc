// SPDX-License-Identifier: Apache-2.0
#include "scenarios/process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace usher::scenarios {
namespace {

// Long, because a machine that runs all tests at once may starve a program for a minute.
constexpr std::chrono::seconds kPatience{240};

struct Ends {
  Fd ours;    // invalid when nothing is captured
  Fd theirs;  // becomes the child's descriptor
};

Ends open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return {Fd(ends[0]), Fd(ends[1])};
}

Ends open_ends(Attach attach, int columns) {
  switch (attach) {
    case Attach::full:
      return {Fd(), Fd(::open("/dev/full", O_WRONLY | O_CLOEXEC))};
    case Attach::closed: {
      Ends ends = open_pipe();
      ends.ours.reset();
      return ends;
    }
    case Attach::terminal: {
      int ours = -1;
      int theirs = -1;
      winsize size{};
      size.ws_col = static_cast<unsigned short>(columns);
      size.ws_row = 40;
      if (::openpty(&ours, &theirs, nullptr, nullptr, &size) != 0) std::abort();
      ::fcntl(ours, F_SETFD, FD_CLOEXEC);
      ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
      return {Fd(ours), Fd(theirs)};
    }
    case Attach::pipe:
      break;
  }
  return open_pipe();
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const Launch& launch) {
  std::map<std::string, std::string> variables = {{"TERM", "xterm"}, {"HOME", "/nonexistent"}};
  if (const char* path = std::getenv("PATH"); path != nullptr) variables["PATH"] = path;
  for (const auto& [name, value] : launch.variables) variables[name] = value;
  std::vector<std::string> words;
  words.reserve(variables.size());
  for (const auto& [name, value] : variables) words.push_back(fmt::format("{}={}", name, value));
  return words;
}

void take_limits(const Launch& launch) {
  if (launch.own_group) ::setpgid(0, 0);
  if (launch.minds_modes) {
    for (const int capability : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH}) {
      ::prctl(PR_CAPBSET_DROP, static_cast<unsigned long>(capability), 0, 0,
              0);  // fails for others than root, who have none
    }
  }
  if (launch.largest_file > 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{launch.largest_file, launch.largest_file};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
}

[[noreturn]] void become_program(const Launch& launch, int in, int out, int err) {
  // A test driver may run with signals ignored; the program shall not inherit that.
  for (const int number : {SIGINT, SIGTERM, SIGPIPE}) ::signal(number, SIG_DFL);
  take_limits(launch);
  const std::string program = launch.program.empty() ? USHER_PROGRAM : launch.program;
  std::vector<std::string> words = {program};
  words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
  std::vector<std::string> variables = environment_of(launch);
  const bool ready = in >= 0 && out >= 0 && err >= 0;
  if (ready && ::chdir(launch.folder.c_str()) == 0 && ::dup2(in, 0) >= 0 && ::dup2(out, 1) >= 0 &&
      ::dup2(err, 2) >= 0) {
    ::execve(program.c_str(), pointers(words).data(), pointers(variables).data());
  }
  ::_exit(127);
}

}  // namespace

Process::Process(const Launch& launch) {
  Ends out = open_ends(launch.out, launch.columns);
  Ends err = open_ends(launch.err, launch.columns);
  const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  id_ = ::fork();
  if (id_ == 0) {
    become_program(launch, launch.input >= 0 ? launch.input : null.get(), out.theirs.get(),
                   err.theirs.get());
  }
  EXPECT_GT(id_, 0);
  out_.fd = std::move(out.ours);
  err_.fd = std::move(err.ours);
}

Process::~Process() {
  if (code_ || id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

// False at the end of both streams, or when patience ended without a byte.
bool Process::read_some() {
  std::array<pollfd, 2> wishes = {{{out_.fd.get(), POLLIN, 0}, {err_.fd.get(), POLLIN, 0}}};
  if (!out_.fd && !err_.fd) return false;
  if (::poll(wishes.data(), wishes.size(),
             static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0) {
    ADD_FAILURE() << "the program was silent for minutes: " << out_.text << err_.text;
    return false;
  }
  for (Stream* stream : {&out_, &err_}) {
    const pollfd& wish = wishes[stream == &out_ ? 0 : 1];
    if (wish.fd < 0 || wish.revents == 0) continue;
    std::array<char, 65536> chunk{};
    const ssize_t got = ::read(wish.fd, chunk.data(), chunk.size());
    if (got > 0) {
      stream->text.append(chunk.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {  // EIO: the other side of a terminal was closed
      stream->fd.reset();
    }
  }
  return true;
}

bool Process::read_until(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end || !read_some()) return false;
  }
  return true;
}

void Process::signal(int number) const {
  ASSERT_GT(id_, 0);
  ASSERT_FALSE(code_);
  EXPECT_EQ(::kill(id_, number), 0);
}

int Process::wait() {
  if (code_) return *code_;
  while (read_some()) {
  }
  int status = 0;
  if (::wait4(id_, &status, 0, &usage_) != id_) return -1000;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return *code_;
}

}  // namespace usher::scenarios
