// SPDX-License-Identifier: Apache-2.0
#include "run/customers/stamp.h"

#include <array>
#include <ctime>

namespace usher::customers {
namespace {

std::string formatted(WallTime time, const char* format) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), format, &local);
  return {text.data(), size};
}

}  // namespace

std::string local_stamp(WallTime time, char between) {
  return formatted(time, "%Y%m%d") + between + formatted(time, "%H%M%S");
}

std::string local_iso8601(WallTime time) {
  return formatted(time, "%Y-%m-%dT%H:%M:%S");
}

std::string local_words(WallTime time) {
  return formatted(time, "%Y-%m-%d %H:%M:%S");
}

}  // namespace usher::customers
