// SPDX-License-Identifier: Apache-2.0
#include "check/spill.h"

#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace usher::check {

Result<std::uint32_t> BlockFile::add(const void* bytes) {
  if (!file_) {
    USHER_TRY_ASSIGN(file_, unlinked_file());
  }
  USHER_TRY(write_all(file_.get(), {static_cast<const char*>(bytes), block_}, "a temporary file"));
  return count_++;
}

Status BlockFile::read(std::uint32_t number, void* bytes) const {
  std::size_t done = 0;
  while (done < block_) {
    const auto offset = static_cast<off_t>(number * static_cast<std::uint64_t>(block_) + done);
    const ssize_t got =
        ::pread(file_.get(), static_cast<char*>(bytes) + done, block_ - done, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(system_error("cannot read", "a temporary file", errno));
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace usher::check
