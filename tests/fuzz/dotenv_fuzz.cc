// SPDX-License-Identifier: Apache-2.0
// Any bytes as `.env`: parsing ends, and invents nothing that was not there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/dotenv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = usher::cli::Dotenv::parse(text);
  for (const auto& [name, value] : parsed.values) {
    if (name.empty() || name.size() > size || value.reveal().size() > size) std::abort();
    if (text.find(name) == std::string_view::npos) std::abort();
  }
  return 0;
}
