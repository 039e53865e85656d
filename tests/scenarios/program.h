// SPDX-License-Identifier: Apache-2.0
// The real program, as a person runs it: arguments, environment, what it prints and how it ends.
// Every process is ended by its id when its object goes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/file.h"

namespace usher::scenario {

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;  // beside PATH; nothing else is inherited

struct Outcome {
  int exit_code = -1;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

class Program {
 public:
  // Starts `usher WORDS...` with its output into pipes. `folder`: where it runs; empty: here.
  Program(const Words& words, const Environment& environment, const std::string& folder = "");
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  void signal(int number) const;
  // Reads until stdout or stderr holds `text`, or it has ended; what was printed so far.
  std::string wait_for(const std::string& text);
  Outcome finish();  // waits for its end

 private:
  bool read_some();
  pid_t id_ = -1;
  Fd out_;
  Fd err_;
  Outcome outcome_;
};

[[nodiscard]] Outcome run(const Words& words, const Environment& environment = {},
                          const std::string& folder = "");

// A sandbox of its own on a port of its own, in its own process.
class SandboxProcess {
 public:
  explicit SandboxProcess(Words flags = {});
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string get(const std::string& path) const;         // the body
  [[nodiscard]] std::uint64_t state(const std::string& pointer) const;  // /_sandbox/state, a number
  void post(const std::string& path, const std::string& body = "") const;
  void remove(const std::string& path) const;
  // Environment for a run against it.
  [[nodiscard]] static Environment key() { return {{"WORKOS_SECRET_KEY", "sk_test_scenario"}}; }

 private:
  Program program_;
  std::string url_;
};

// A folder that goes with its object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string path(const std::string& name = "") const;
  std::string write(const std::string& name, const std::string& content) const;  // its path

 private:
  std::string path_;
};

}  // namespace usher::scenario
