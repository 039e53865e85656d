// SPDX-License-Identifier: Apache-2.0
// What comes from a person at the terminal while a command runs: answers, and time passing until a
// signal. Tested by tests/scenarios.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace usher::cli {

struct Answer {
  enum class Kind {
    nobody,  // standard input or standard error is no terminal: nothing was asked
    left,    // Ctrl-C, Ctrl-D, or the terminal is gone
    given,
  };
  Kind kind = Kind::nobody;
  std::string text = {};  // given: the line, without its end
};

[[nodiscard]] Answer ask_person(std::string_view question);
// True when `stop_fd` became readable meanwhile; -1: nothing to wait for but the time.
[[nodiscard]] bool pause_for(Duration span, int stop_fd);

}  // namespace usher::cli
