// SPDX-License-Identifier: Apache-2.0
// The real program as a child process: started with an environment of its own, on pipes or on a
// pseudo-terminal, read while it runs, signalled by its id, and never left behind.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "base/file.h"

namespace usher::scenarios {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define USHER_SANITIZED 1
#endif
#endif
#ifdef USHER_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

enum class Attach {
  pipe,      // captured
  terminal,  // captured through a pseudo-terminal
  closed,    // a pipe whose reader has gone away
  full,      // /dev/full
};

struct Launch {
  std::vector<std::string> arguments;                 // after the program's name
  std::map<std::string, std::string> variables = {};  // besides PATH, HOME and TERM
  std::string folder = "/";
  Attach out = Attach::pipe;
  Attach err = Attach::pipe;
  int columns = 100;               // of the pseudo-terminal
  int input = -1;                  // becomes the standard input; /dev/null otherwise
  bool own_group = false;          // a process group of its own, as a shell gives to a command
  bool minds_modes = false;        // what a folder's mode forbids is forbidden to root too
  std::uint64_t largest_file = 0;  // bytes a file may have: a disk that gets full; 0: any
  std::string program = {};        // empty: usher
};

class Process {
 public:
  explicit Process(const Launch& launch);
  ~Process();  // ends it when it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  [[nodiscard]] const std::string& out() const { return out_.text; }
  [[nodiscard]] const std::string& err() const { return err_.text; }

  // Reads until the condition holds; false when the program ended or minutes passed first.
  bool read_until(const std::function<bool()>& holds);
  void signal(int number) const;
  // Reads to the end. The exit code, or minus the number of the signal that ended it.
  int wait();
  [[nodiscard]] long peak_kilobytes() const { return usage_.ru_maxrss; }

 private:
  struct Stream {
    Fd fd;
    std::string text;
  };
  bool read_some();

  pid_t id_ = -1;
  Stream out_;
  Stream err_;
  std::optional<int> code_;
  rusage usage_{};
};

}  // namespace usher::scenarios
