// SPDX-License-Identifier: Apache-2.0
// Text that is gathered now and written elsewhere later, however long: beyond some
// kilobytes in a file without a name. Tested by spill_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace usher::customers {

class Spill {
 public:
  [[nodiscard]] Status add(std::string_view text);
  // All of it, in order, in pieces.
  [[nodiscard]] Status each(const std::function<Status(std::string_view piece)>& take) const;
  [[nodiscard]] bool empty() const { return written_ == 0 && buffer_.empty(); }

 private:
  static constexpr std::size_t kBuffer = std::size_t{64} << 10;

  std::string buffer_;  // comes after what is in the file
  Fd file_;
  std::uint64_t written_ = 0;
};

}  // namespace usher::customers
