// SPDX-License-Identifier: Apache-2.0
// A .env file belongs to somebody else and may hold anything: it is read to the end, in bounded
// memory, names are names, and a line that cannot be read neither breaks nor hides the one after
// it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/dotenv.h"
#include "fuzz/require.h"

namespace usher::cli {
namespace {

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c == '=' || c == '\x7f') return false;
  }
  return true;
}

void check(std::string_view text) {
  const Dotenv first = Dotenv::parse(text);
  std::size_t length = 0;
  for (const auto& [name, value] : first.values) {
    require(is_name(name), "a name is a name");
    require(text.find(name) != std::string_view::npos, "no name is made up");
    length += value.reveal().size();
  }
  require(length <= text.size(), "no value grows");
  require(first.problems.size() <= 20, "at most 20 problems are kept");

  // One more line at the end is read whatever stood before, unless a quote is still open there.
  const Dotenv more = Dotenv::parse(std::string(text) + "\nUSHER_FUZZ_LAST=1\n");
  const auto last = more.values.find("USHER_FUZZ_LAST");
  const bool open_quote = text.find_first_of("\"'`") != std::string_view::npos;
  require(open_quote || (last != more.values.end() && last->second.reveal() == "1"),
          "the last line is read");
}

}  // namespace
}  // namespace usher::cli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  usher::cli::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
