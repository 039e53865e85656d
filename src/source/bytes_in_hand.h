// SPDX-License-Identifier: Apache-2.0
// For tests: the bytes of a CSV out of a string, whole or in pieces as a pipe gives them.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "source/csv.h"

namespace usher::csv {

// The first piece has at most `first` bytes, all others at most `later`.
inline Bytes pieces(std::string text, std::size_t first, std::size_t later) {
  return [text = std::move(text), at = std::size_t{0}, most = first,
          later](std::span<char> room) mutable {
    const std::size_t got = text.copy(room.data(), std::min(room.size(), most), at);
    at += got;
    most = most > got ? most - got : later;
    return Result<std::size_t>(got);
  };
}

inline Bytes whole(std::string text) {
  const std::size_t size = text.size() + 1;
  return pieces(std::move(text), size, size);
}

}  // namespace usher::csv
