// SPDX-License-Identifier: Apache-2.0
#include "run/job/folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/shell.h"
#include "base/text.h"

namespace usher::job {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestId = 100;
constexpr auto kPatience = std::chrono::seconds{3};
constexpr auto kPoll = std::chrono::milliseconds{20};

// Everything a job leaves on the disk, and what a crash may leave of it. The store goes last.
constexpr std::array kStoreFiles = {"job.db-wal",     "job.db-shm",     "job.db-journal",
                                    "job.db.new-wal", "job.db.new-shm", "job.db.new-journal",
                                    "job.db.new",     "job.db"};
constexpr std::array kViews = {"checkpoint.json",
                               "checkpoint.json.old",
                               "errors.jsonl",
                               "errors.jsonl.old",
                               "errors.jsonl.tmp",
                               "rate",
                               "lock"};

Status remove_file(const std::string& file) {
  if (::unlink(file.c_str()) == 0 || errno == ENOENT) return {};
  return std::unexpected(system_error("cannot remove", file, errno));
}

std::uint64_t size_of(const std::string& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

bool is_id_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

bool lives(std::int64_t process) {
  return ::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM;
}

std::optional<Holder> parse_holder(const std::string& text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  Holder holder;
  if (const auto* process = object.if_contains("process"); process && process->is_int64()) {
    holder.process = process->get_int64();
  }
  const auto text_of = [&](const char* name) {
    const auto* found = object.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  holder.host = text_of("host");
  holder.since = text_of("since");
  return holder;
}

Holder read_holder(const Folder& folder) {
  const auto text = read_file(folder.lock(), 4096);
  return (text ? parse_holder(*text) : std::nullopt).value_or(Holder{});
}

Error held(const Folder& folder) {
  const Holder holder = read_holder(folder);
  const std::string who =
      holder.process == 0
          ? "another process"
          : fmt::format("process {} on {}, since {}", holder.process, holder.host, holder.since);
  return {fmt::format("the job {} is being worked on by {}", folder.id(), who),
          fmt::format("watch it: usher jobs watch {}{}", folder.id(), folder.option())};
}

fs::file_time_type last_used(const Folder& folder) {
  fs::file_time_type latest = fs::file_time_type::min();
  for (const std::string& path :
       {folder.store(), folder.store() + "-wal", folder.checkpoint(), folder.lock()}) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (!error) latest = std::max(latest, time);
  }
  return latest;
}

Status make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return std::unexpected(system_error("cannot make the folder", path, error.value()));
  return {};
}

}  // namespace

Status check_id(std::string_view id) {
  const bool good = !id.empty() && id.size() <= kLongestId && id.front() != '.' &&
                    id.front() != '-' && std::ranges::all_of(id, is_id_letter);
  if (good) return {};
  return fail(fmt::format("{} is no job id", id.empty() ? "\"\"" : printable(id)),
              "use 1 to 100 letters, digits, \"-\", \"_\" and \".\", for example "
              "migration-2024-01-15");
}

bool Folder::has_store() const {
  return exists(store());
}
bool Folder::has_checkpoint() const {
  return exists(checkpoint()) || exists(old_checkpoint());
}

Status Folder::make() const {
  std::error_code error;
  const bool new_folder = !fs::exists(path(), error);
  USHER_TRY(make_folder(path()));
  if (new_folder) ::chmod(path().c_str(), S_IRWXU);
  if (::access(path().c_str(), W_OK | X_OK) != 0) {
    return std::unexpected(system_error("cannot write in", path(), errno));
  }
  return {};
}

std::uint64_t Folder::size() const {
  std::uint64_t bytes = 0;
  for (const char* name : kStoreFiles) bytes += size_of(path() + "/" + name);
  for (const char* name : kViews) bytes += size_of(path() + "/" + name);
  return bytes;
}

std::string Folder::option() const {
  if (root_ == kDefaultRoot) return "";
  return " --checkpoint-dir " + shell_word(root_);
}

Status Folder::remove_store() const {
  for (const char* name : kStoreFiles) USHER_TRY(remove_file(path() + "/" + name));
  return {};
}

Status Folder::remove() const {
  for (const char* name : kViews) USHER_TRY(remove_file(path() + "/" + name));
  USHER_TRY(remove_store());
  if (::rmdir(path().c_str()) == 0) return {};
  if (errno == ENOTEMPTY || errno == EEXIST) {
    return fail(fmt::format("{}: the job's files are removed; other files are left there",
                            printable(path())),
                "look at them, and remove the folder yourself");
  }
  return std::unexpected(system_error("cannot remove", path(), errno));
}

std::vector<Folder> list(const std::string& root) {
  std::vector<std::pair<fs::file_time_type, Folder>> found;
  std::error_code error;
  for (fs::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    Folder folder(root, at->path().filename().string());
    if (!check_id(folder.id())) continue;
    if (!folder.has_store() && !folder.has_checkpoint()) continue;
    found.emplace_back(last_used(folder), std::move(folder));
  }
  std::ranges::sort(found, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second.id() < b.second.id();
  });
  std::vector<Folder> folders;
  folders.reserve(found.size());
  for (auto& [when, folder] : found) folders.push_back(std::move(folder));
  return folders;
}

Result<Folder> most_recent(const std::string& root) {
  auto folders = list(root);
  if (folders.empty()) {
    return fail(fmt::format("there is no job in {}", printable(root)),
                "start one with --job-id, or say where they are with --checkpoint-dir");
  }
  return std::move(folders.front());
}

Result<Lock> Lock::take(const Folder& folder, WallTime now) {
  const std::string path = folder.lock();
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return std::unexpected(system_error("cannot open", path, errno));
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return std::unexpected(system_error("cannot lock", path, errno));
    }
    const Holder holder = read_holder(folder);
    const bool orphans = holder.host == host_name() && !lives(holder.process);
    if (!orphans || std::chrono::steady_clock::now() > give_up) {
      return std::unexpected(held(folder));
    }
    std::this_thread::sleep_for(kPoll);
  }
  std::string text;
  JsonWriter(text)
      .open_object()
      .field("process", static_cast<std::int64_t>(::getpid()))
      .field("host", host_name())
      .field("since", to_iso8601(now))
      .close_object();
  text += "\n";
  const bool told =
      ::ftruncate(file.get(), 0) == 0 &&
      ::pwrite(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!told) return std::unexpected(system_error("cannot write", path, errno));
  return Lock(std::move(file));
}

std::optional<Holder> Lock::holder(const Folder& folder) {
  const Fd file(::open(folder.lock().c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  return read_holder(folder);
}

}  // namespace usher::job
