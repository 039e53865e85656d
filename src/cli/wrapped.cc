// SPDX-License-Identifier: Apache-2.0
#include "cli/wrapped.h"

#include "base/text.h"

namespace usher::cli {

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  for (const auto word : split(text, ' ')) {
    const std::size_t length = utf8_length(word);
    if (column > indent && column + 1 + length > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += length;
  }
  return result;
}

}  // namespace usher::cli
