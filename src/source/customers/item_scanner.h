// SPDX-License-Identifier: Apache-2.0
// Finds the items of one file of JSON, in one streaming pass over a window of it: the list under
// "data", "households" or "customers" of an object, or a bare array. Everything on the way is
// checked: that the whole file is well-formed JSON in UTF-8, and that every item is an object.
// Other members of the object are skipped, before the list and behind it; a file with two lists is
// refused, since to take one would lose the other. Tested by item_scanner_test.cc, against
// Boost.JSON, with windows of every small size, and on every truncation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "source/customers/inputs.h"

namespace usher::customers {

// Fills as much of the span as is there, at least one byte; 0 is the end.
using Bytes = std::function<Result<std::size_t>(std::span<char>)>;

struct FoundItem {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  std::string_view json;  // valid until the next next()
};

class ItemScanner {
 public:
  struct Limits {
    std::size_t item = std::size_t{1} << 20;      // bytes of an item, or of a value that is skipped
    std::size_t window = std::size_t{256} << 10;  // bytes asked for at a time
  };

  // `name`: what errors call the file.
  ItemScanner(Bytes bytes, std::string name, Limits limits);
  ~ItemScanner();
  ItemScanner(ItemScanner&&) noexcept;
  ItemScanner& operator=(ItemScanner&&) noexcept;

  // To the list. Nothing: the file is well-formed JSON without one (and has been read to its end).
  [[nodiscard]] Result<std::optional<Shape>> begin();
  // False behind the last item, when the rest of the file is as it should be.
  [[nodiscard]] Result<bool> next(FoundItem& item);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::customers
