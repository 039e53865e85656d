// SPDX-License-Identifier: Apache-2.0
#include "run/customers/spill.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace usher::customers {
namespace {

constexpr const char* kName = "a temporary file";

}  // namespace

Status Spill::add(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() < kBuffer) return {};
  if (!file_) {
    USHER_TRY_ASSIGN(file_, unlinked_file());
  }
  USHER_TRY(write_all(file_.get(), buffer_, kName));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status Spill::each(const std::function<Status(std::string_view piece)>& take) const {
  std::string piece(std::min<std::uint64_t>(kBuffer, written_), '\0');
  for (std::uint64_t at = 0; at < written_;) {
    const ssize_t got = ::pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(system_error("cannot read", kName, got < 0 ? errno : EIO));
    USHER_TRY(take(std::string_view(piece).substr(0, static_cast<std::size_t>(got))));
    at += static_cast<std::uint64_t>(got);
  }
  return take(buffer_);
}

}  // namespace usher::customers
