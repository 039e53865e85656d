// SPDX-License-Identifier: Apache-2.0
#include "run/customers/folders.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace usher::customers {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivate = 0600;
constexpr std::size_t kFewFiles = 64;
constexpr std::size_t kLarge = std::size_t{32} << 10;

bool is_unsupported(int code) {
  return code == EINVAL || code == ENOSYS || code == ENOTSUP || code == EOPNOTSUPP;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  return names;
}

}  // namespace

Result<bool> make_folder(const std::string& path) {
  std::error_code error;
  const fs::path above = fs::path(path).parent_path();
  if (!above.empty()) fs::create_directories(above, error);
  if (error) return std::unexpected(system_error("cannot make the folder", path, error.value()));
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return true;
  if (errno == EEXIST) return false;
  return std::unexpected(system_error("cannot make the folder", path, errno));
}

Status write_new(const std::string& path, std::string_view content) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kPrivate));
  if (!file) return std::unexpected(creation_error("cannot create", path, errno));
  Status written = write_all(file.get(), content, path);
  if (!written) ::unlink(path.c_str());
  // On its way, so that there is little left to be awaited at the end.
  if (written && content.size() >= kLarge) {
    static_cast<void>(::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
  }
  return written;
}

Status write_whole(const std::string& path, std::string_view content) {
  const std::string draft = path + ".tmp";
  if (Status written = write_new(draft, content); !written) {
    if (::unlink(draft.c_str()) != 0) return written;  // what a crash left was not in the way
    USHER_TRY(write_new(draft, content));
  }
  if (::rename(draft.c_str(), path.c_str()) == 0) return {};
  const int code = errno;
  ::unlink(draft.c_str());
  return std::unexpected(system_error("cannot replace", path, code));
}

Status sync_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file && ::fsync(file.get()) == 0) return {};
  return std::unexpected(system_error("cannot sync", path, errno));
}

Status sync_folder(const std::string& path) {
  std::vector<std::string> paths = {path};
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    paths.push_back(at->path().string());
    if (paths.size() > kFewFiles) break;
  }
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return std::unexpected(system_error("cannot open", path, errno));
  if (paths.size() > kFewFiles) {
    if (::syncfs(folder.get()) == 0) return {};
    return std::unexpected(system_error("cannot sync", path, errno));
  }
  for (const std::string& one : paths) USHER_TRY(sync_file(one));
  return {};
}

Status sync_name(const std::string& path) {
  return sync_file(fs::path(path).parent_path().string());
}

Result<bool> rename_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST || errno == ENOTEMPTY) return false;
  if (!is_unsupported(errno)) return std::unexpected(system_error("cannot make", to, errno));
  if (exists(to)) return false;
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  return std::unexpected(system_error("cannot make", to, errno));
}

Status swap_folders(const std::string& now, const std::string& old) {
  if (::renameat2(AT_FDCWD, now.c_str(), AT_FDCWD, old.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (!is_unsupported(errno)) return std::unexpected(system_error("cannot replace", old, errno));
  // A file system that cannot: for an instant there is neither.
  const std::string aside = now + ".old";
  if (::rename(old.c_str(), aside.c_str()) != 0 || ::rename(now.c_str(), old.c_str()) != 0 ||
      ::rename(aside.c_str(), now.c_str()) != 0) {
    return std::unexpected(system_error("cannot replace", old, errno));
  }
  return {};
}

void remove_folder(const std::string& path, const std::string& heir,
                   const std::function<bool(std::string_view name)>& ours) {
  for (const std::string& name : names_in(path)) {
    const std::string file = fmt::format("{}/{}", path, name);
    if (ours(name)) {
      ::unlink(file.c_str());
    } else if (!heir.empty()) {
      static_cast<void>(rename_new(file, fmt::format("{}/{}", heir, name)));
    }
  }
  ::rmdir(path.c_str());
}

}  // namespace usher::customers
