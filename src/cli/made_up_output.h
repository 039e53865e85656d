// SPDX-License-Identifier: Apache-2.0
// Made-up people on the standard output, and what was made beside it. Tested by
// generate_command_test.cc and generate_customers_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace usher::cli {

// `make` hands its text to the function it is given; `tell` puts what it made into words. A reader
// that has seen enough (usher generate users | head) ends the work, and is no failure.
template <class Make, class Tell>
[[nodiscard]] int print_made_up(const Options& options, Surroundings& around, const Make& make,
                                const Tell& tell) {
  const auto made = make([&](std::string_view piece) -> Status {
    around.out.write(piece);
    return around.out.gone() ? fail("cannot write to the standard output: " + around.out.failure())
                             : Status{};
  });
  if (made) {
    around.err.line(tell(*made));
  } else if (!around.out.gone() || !around.out.failure().empty()) {
    return could_not_run(options, around, made.error());
  }
  return kExitGood;
}

}  // namespace usher::cli
