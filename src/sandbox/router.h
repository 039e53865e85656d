// SPDX-License-Identifier: Apache-2.0
// From method and path to the handler. A pattern's {braces} catch one segment of the path each; the
// first pattern that fits wins, so literals stand before braces. Tested by call_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "sandbox/desk.h"

namespace usher::sandbox {

class Router {
 public:
  void add(std::span<const Route> routes);

  struct Match {
    const Route* route = nullptr;  // none: no such address
    std::size_t number = 0;        // counts routes from 0
  };
  // Fills call.parts.
  [[nodiscard]] Match find(Call& call) const;
  [[nodiscard]] const Route& route(std::size_t number) const { return *entries_[number].route; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    const Route* route = nullptr;
    std::vector<std::string_view> segments;  // {name} as such
  };
  std::vector<Entry> entries_;
};

// All addresses of the API.
[[nodiscard]] const Router& api();

}  // namespace usher::sandbox
