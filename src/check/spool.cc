// SPDX-License-Identifier: Apache-2.0
#include "check/spool.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace usher::check {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
const std::string kUnnamed = "a temporary file";

}  // namespace

Status Spool::add(std::string_view text) {
  buffer_ += text;
  return buffer_.size() >= kBuffer ? flush() : Status{};
}

Status Spool::flush() {
  if (!file_) {
    USHER_TRY_ASSIGN(file_, unlinked_file());
  }
  USHER_TRY(write_all(file_.get(), buffer_, kUnnamed));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status Spool::read(std::uint64_t at, std::uint64_t size, std::string& out) {
  if (at + size > written_ && !buffer_.empty()) USHER_TRY(flush());
  out.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(file_.get(), out.data() + done, size - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(system_error("cannot read", kUnnamed, errno));
    done += static_cast<std::size_t>(got);
  }
  return {};
}

Status Spool::copy_to(Replacement& file) {
  std::string piece;
  const std::uint64_t all = size();
  for (std::uint64_t at = 0; at < all; at += piece.size()) {
    USHER_TRY(read(at, std::min<std::uint64_t>(kBuffer, all - at), piece));
    USHER_TRY(file.write(piece));
  }
  return {};
}

}  // namespace usher::check
