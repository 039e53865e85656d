// SPDX-License-Identifier: Apache-2.0
#include "scenarios/job_trial.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/text.h"

namespace usher::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kPatience{2};
constexpr std::chrono::milliseconds kPoll{2};

struct Seen {
  char state = '?';  // Z: it has ended, and nobody has asked how
  pid_t parent = -1;
};

// Nothing: there is no such process.
std::optional<Seen> see(const std::string& process) {
  std::ostringstream text;
  text << std::ifstream("/proc/" + process + "/stat").rdbuf();
  const std::string line = text.str();
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  Seen seen;
  rest >> seen.state >> seen.parent;
  return seen;
}

// By its command line: a coordinator has other children too, such as the sanitizers' own, which
// must not be killed in a worker's place.
bool is_worker(const std::string& process) {
  std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
  std::string words;
  std::getline(file, words, '\xff');
  return words == std::string("usher\0work\0", 11);
}

}  // namespace

RowCounts rows_of(const std::string& folder, const std::string& id) {
  const auto store = JobStore::look(folder + "/" + kJobs + "/" + id + "/job.db");
  if (!store) return {};
  return (*store)->count_rows().value_or(RowCounts{});
}

JobSheet::JobSheet(const std::string& folder, const std::string& id) {
  Launch launch;
  launch.arguments = {"jobs", "show", id, "--json"};
  launch.folder = folder;
  const Ran shown = run(launch);
  EXPECT_EQ(shown.code, 0) << shown.err;
  sheet_ = JsonSheet(shown.out);
}

std::vector<pid_t> workers_of(pid_t parent) {
  std::vector<pid_t> workers;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    const auto seen = see(name);
    if (!seen || seen->parent != parent || seen->state == 'Z' || !is_worker(name)) continue;
    workers.push_back(static_cast<pid_t>(parse_int(name).value_or(-1)));
  }
  std::ranges::sort(workers);
  return workers;
}

std::vector<pid_t> wait_for_workers(const Process& parent, std::size_t least) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    auto workers = workers_of(parent.id());
    const auto seen = see(std::to_string(parent.id()));
    if (workers.size() >= least || !seen || seen->state == 'Z') return workers;
    std::this_thread::sleep_for(kPoll);
  }
  return {};
}

bool is_gone_soon(pid_t process) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    const auto seen = see(std::to_string(process));
    if (!seen || seen->state == 'Z') return true;
    std::this_thread::sleep_for(kPoll);
  }
  return false;
}

bool still_runs(const Process& process) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(process.id()), &info, WEXITED | WNOHANG | WNOWAIT) ==
             0 &&
         info.si_pid == 0;
}

std::uint64_t asked(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Ran run(const Launch& launch) {
  Process process(launch);
  const int code = process.wait();
  return {code, process.out(), process.err()};
}

}  // namespace usher::scenarios
