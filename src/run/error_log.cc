// SPDX-License-Identifier: Apache-2.0
#include "run/error_log.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kFlushEvery{100};
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
    return std::unexpected(system_error("cannot create", path, errno));
  }
  return {};
}

}  // namespace

Result<ErrorLog> ErrorLog::prepare(const std::string& wished, bool include_secrets) {
  if (wished.empty() || wished == "-") {
    return fail("--errors-out needs the name of a file", "for example --errors-out errors.jsonl");
  }
  std::error_code ignored;
  fs::file_type type = fs::status(wished, ignored).type();
  const bool device = type != fs::file_type::not_found && type != fs::file_type::regular &&
                      type != fs::file_type::directory;
  std::string path = wished;
  const std::string extension = lower_extension(wished);
  if (!device && type != fs::file_type::directory) {
    if (extension.empty()) path += ".jsonl";
    if (extension == ".json") path += "l";
    type = fs::status(path, ignored).type();
  }
  USHER_TRY(check_writable(path, type));
  ErrorLog log(path, extension == ".csv" ? Format::csv : Format::json_lines, include_secrets);
  log.renamed_ = path != wished;
  return log;
}

Status ErrorLog::begin() {
  std::error_code problem;
  if (fs::is_regular_file(path_, problem) && !fs::remove(path_, problem) && problem) {
    return std::unexpected(system_error("cannot remove", path_, problem.value()));
  }
  return {};
}

Status ErrorLog::add(const FailedRow& row) {
  std::string record;
  if (!file_) {
    USHER_TRY_ASSIGN(Appender opened, Appender::open(path_, Appender::Mode::truncate));
    file_.emplace(std::move(opened));
    if (format_ == Format::csv) record += csv_header();
  }
  if (format_ == Format::csv) {
    append_csv_line(record, row, include_secrets_);
  } else {
    append_json_line(record, row, include_secrets_);
  }
  USHER_TRY(file_->write(record));
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
