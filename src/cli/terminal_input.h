// SPDX-License-Identifier: Apache-2.0
// What comes from a person at the terminal while a command runs: answers, and time passing until a
// signal. Tested by tests/scenarios.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace usher::cli {

// Nothing: standard input or standard error is no terminal.
[[nodiscard]] std::optional<std::string> ask_person(std::string_view question);
// True when `stop_fd` became readable meanwhile; -1: nothing to wait for but the time.
[[nodiscard]] bool pause_for(Duration span, int stop_fd);

}  // namespace usher::cli
