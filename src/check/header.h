// SPDX-License-Identifier: Apache-2.0
// What the header says: which columns are read, and what else has to be told about it. Tested by
// header_test.cc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "check/row.h"

namespace usher::check {

struct HeaderNote {
  Rule rule = Rule::mode_detection;
  std::string text;
  std::string column = {};  // the name as it stands there
  std::string fixed = {};   // what it was renamed to; empty: it was not
  bool fixable = false;     // it can be renamed without guessing
};

struct Header {
  Layout layout;
  std::vector<HeaderNote> notes;
  std::vector<std::string> names;  // as they are after renaming
  bool renamed = false;

  [[nodiscard]] std::string_view mode() const {
    return layout.names_organizations() ? "multi-org" : "user-only";
  }
};

// `auto_fix` renames what differs from a known name only in case and separators: no guess.
[[nodiscard]] Header look_at_header(std::span<const std::string> names, bool auto_fix);

}  // namespace usher::check
