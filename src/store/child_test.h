// SPDX-License-Identifier: Apache-2.0
// For tests: other processes, and processes that may do less than this one.
#pragma once

#include <cstdio>
#include <exception>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace usher {

// Runs `act` in a process of its own, which ends with what it returns.
template <class Do>
pid_t start(Do act) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    ::_exit(act());
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    ::_exit(99);
  }
}

// The exit status, or minus the signal.
inline int end_of(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1000;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

// Nobody may write everywhere. Root, as which tests often run in containers, becomes somebody else.
constexpr uid_t kNobody = 65'534;

inline void hand_over(const std::string& path) {
  if (::geteuid() == 0 && ::chown(path.c_str(), kNobody, kNobody) != 0) std::perror("chown");
}

template <class Do>
int as_nobody(Do act) {
  return end_of(start([&] {
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return 98;
    return act();
  }));
}

}  // namespace usher
