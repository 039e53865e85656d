// SPDX-License-Identifier: Apache-2.0
// How many random schedules a test of a simulated world tries, and which. USHER_WORLD_SCHEDULES
// asks for more (or fewer) of them, USHER_WORLD_SEED for others.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace usher::world {

inline std::uint64_t asked(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline std::uint64_t schedules() {
  return asked("USHER_WORLD_SCHEDULES", 20'000);
}
inline std::uint64_t first_seed() {
  return asked("USHER_WORLD_SEED", 1);
}
inline std::uint64_t end_seed() {
  return first_seed() + schedules();
}

}  // namespace usher::world
