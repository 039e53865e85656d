// SPDX-License-Identifier: Apache-2.0
// Whether one JSON value is well formed (RFC 8259, UTF-8 as in RFC 3629, no lone surrogates), and
// where it ends: everything that is sent goes through here, a gigabyte in a second or two, and
// nothing is kept of it. Tested by json_check_test.cc, against Boost.JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usher::customers {

struct JsonCheck {
  enum class End : std::uint8_t {
    whole,
    cut,  // the text ends inside the value; a number at the very end may go on, too
    wrong,
  } end = End::whole;
  std::size_t position = 0;  // behind the value; cut: of the text's end; wrong: of what is wrong
  std::string_view problem;  // wrong: "a , or a closing bracket was expected"
};

inline constexpr unsigned kMostNesting = 64;  // the value itself is the first

// `text` begins with the value, without white space before it.
[[nodiscard]] JsonCheck check_json(std::string_view text);

}  // namespace usher::customers
