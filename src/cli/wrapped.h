// SPDX-License-Identifier: Apache-2.0
// A paragraph in lines, as help and reports show it. Tested by wrapped_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace usher::cli {

// Words of one paragraph, broken at `width`; every line after the first begins with `indent`
// blanks.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace usher::cli
