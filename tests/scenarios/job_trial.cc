// SPDX-License-Identifier: Apache-2.0
#include "scenarios/job_trial.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;
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

json::value at(const std::string& text, const std::string& pointer) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  for (const auto name : split(pointer, '.')) {
    const json::value* next = nullptr;
    if (const auto* object = value.if_object()) next = object->if_contains(name);
    if (const auto* array = value.if_array()) {
      next = array->if_contains(static_cast<std::size_t>(parse_int(name).value_or(-1)));
    }
    if (next == nullptr) {
      ADD_FAILURE() << "no " << pointer << " in " << text;
      return {};
    }
    value = json::value(*next);
  }
  return value;
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
  json_ = shown.out;
}

std::int64_t JobSheet::number(const std::string& pointer) const {
  boost::system::error_code error;
  return at(json_, pointer).to_number<std::int64_t>(error);
}

std::string JobSheet::text(const std::string& pointer) const {
  const json::value value = at(json_, pointer);
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
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

Ran run(const Launch& launch) {
  Process process(launch);
  const int code = process.wait();
  return {code, process.out(), process.err()};
}

}  // namespace usher::scenarios
