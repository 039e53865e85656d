// SPDX-License-Identifier: Apache-2.0
#include "run/error_log.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "source/csv_input.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kFlushEvery{100};
constexpr std::size_t kMostHeld = 1 << 20;
constexpr std::string_view kJsonBegin = "{\"recordNumber\":";
constexpr std::string_view kCsvBegin = "recordNumber,email,";

std::string lower_extension(const std::string& path) {
  return lower_ascii(fs::path(path).extension().string());
}

// Whether an existing file is one of ours (or empty), by its first bytes.
Status check_ours(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error("cannot open", path, errno));
  std::string begin(kCsvBegin.size(), '\0');
  const ssize_t got = ::read(fd.get(), begin.data(), begin.size());
  if (got < 0) return std::unexpected(system_error("cannot read", path, errno));
  begin.resize(static_cast<std::size_t>(got));
  if (begin.empty() || begin.starts_with(kJsonBegin) || begin.starts_with(kCsvBegin)) return {};
  return fail(path + ": exists and is not a file of failed rows, so it is left alone",
              "give --errors-out another name, or remove the file");
}

// Through links too. Only a regular file is spoilt by being written while it is read.
bool is_input(const std::string& path, const std::vector<std::string>& inputs) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  return std::ranges::any_of(inputs, [&](const std::string& input) {
    return fs::equivalent(path, csv::is_standard_input(input) ? "/dev/stdin" : input, ignored);
  });
}

Status check_writable(const std::string& path, fs::file_type type) {
  if (type == fs::file_type::directory) {
    return fail(path + ": is a folder, not a file", "name a file in it: " + path + "/errors.jsonl");
  }
  if (type != fs::file_type::not_found) {
    if (::access(path.c_str(), W_OK) != 0) {
      return std::unexpected(system_error("cannot write", path, errno));
    }
    return type == fs::file_type::regular ? check_ours(path) : Status{};
  }
  const std::string folder = fs::path(path).parent_path().string();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
    return std::unexpected(creation_error("cannot create", path, errno));
  }
  return {};
}

Status check_place(const std::string& path, const ErrorLog::Wish& wish) {
  if (is_input(path, wish.inputs)) {
    return fail("--errors-out names a file that is read by this run: " + printable(path),
                "give --errors-out another name");
  }
  std::error_code ignored;
  return check_writable(path, fs::status(path, ignored).type());
}

bool holds_something(const std::string& path) {
  std::error_code problem;
  return fs::is_regular_file(path, problem) && fs::file_size(path, problem) > 0 && !problem;
}

// /dev/stdout, /dev/fd/3: a name for what is open already, even when that is a regular file.
bool is_device_name(const std::string& path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

// Names of files, not of devices, get the extension that tells what is in them.
std::string path_of(const std::string& wished) {
  if (is_device_name(wished)) return wished;
  std::error_code ignored;
  const fs::file_type type = fs::status(wished, ignored).type();
  if (type != fs::file_type::not_found && type != fs::file_type::regular) return wished;
  const std::string extension = lower_extension(wished);
  if (extension.empty()) return wished + ".jsonl";
  return extension == ".json" ? wished + "l" : wished;
}

}  // namespace

Result<ErrorLog> ErrorLog::prepare(const Wish& wish) {
  if (wish.path.empty() || wish.path == "-") {
    return fail("--errors-out needs the name of a file", "for example --errors-out errors.jsonl");
  }
  std::string path = path_of(wish.path);
  USHER_TRY(check_place(path, wish));
  if (wish.dry_run && !is_device_name(path) && holds_something(path)) {
    const std::string extension = fs::path(path).extension().string();
    path.insert(path.size() - extension.size(), ".dry-run");
    USHER_TRY(check_place(path, wish));
  }
  const bool csv = lower_extension(path) == ".csv";
  ErrorLog log(path, csv ? Format::csv : Format::json_lines, wish.include_secrets);
  log.renamed_ = path != wish.path;
  log.old_ = holds_something(path);
  return log;
}

Status ErrorLog::begin() {
  if (std::exchange(begun_, true)) return {};
  old_ = false;
  if (!held_.empty()) return write(std::exchange(held_, {}));
  std::error_code problem;
  const auto type = fs::symlink_status(path_, problem).type();
  // A link stays, and only what it leads to is emptied.
  if (type == fs::file_type::symlink && fs::is_regular_file(path_, problem)) {
    fs::resize_file(path_, 0, problem);
  } else if (type == fs::file_type::regular) {
    fs::remove(path_, problem);
  } else {
    return {};
  }
  if (problem) return std::unexpected(system_error("cannot remove", path_, problem.value()));
  return {};
}

Status ErrorLog::write(std::string_view records) {
  if (!file_) {
    USHER_TRY_ASSIGN(Appender opened, Appender::open(path_, Appender::Mode::truncate));
    file_.emplace(std::move(opened));
    begun_ = true;
    if (format_ == Format::csv) {
      USHER_TRY(file_->write(csv_header()));
    }
  }
  return file_->write(records);
}

Status ErrorLog::add(const FailedRow& row) {
  std::string record;
  if (format_ == Format::csv) {
    append_csv_line(record, row, include_secrets_);
  } else {
    append_json_line(record, row, include_secrets_);
  }
  if (old_) {
    held_ += record;
    return held_.size() > kMostHeld ? begin() : Status{};
  }
  USHER_TRY(write(record));
  return settle(row.at);
}

Status ErrorLog::settle(WallTime now) {
  if (!file_ || (now >= flushed_ && now - flushed_ < kFlushEvery)) return {};
  flushed_ = now;
  return file_->flush();
}

Status ErrorLog::close() {
  return file_ ? file_->flush() : Status{};
}

}  // namespace usher
