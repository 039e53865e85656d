// SPDX-License-Identifier: Apache-2.0
#include "store/looking.h"

#include <optional>

#include <sys/stat.h>

namespace usher {
namespace {

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

}  // namespace

FileFace face_of(const std::string& path) {
  FileFace face;
  const auto file = stat_of(path);
  if (!file) return face;
  face.inode = file->st_ino;
  if (const auto wal = stat_of(path + "-wal"); wal && wal->st_size > 0) {
    face.how = stat_of(path + "-shm") ? Look::live : Look::cut;
    return face;  // what happens to the file then is SQLite's to see
  }
  face.size = file->st_size;
  face.changed_s = file->st_mtim.tv_sec;
  face.changed_ns = file->st_mtim.tv_nsec;
  return face;
}

}  // namespace usher
