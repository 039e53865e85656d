// SPDX-License-Identifier: Apache-2.0
// A person at a terminal of their own, to be a program's standard input.
#pragma once

#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include "base/file.h"

namespace usher::scenarios {

inline constexpr std::string_view kCtrlD = "\x04";

struct Person {
  Fd ours;
  Fd theirs;

  // Has typed `answer` already.
  explicit Person(std::string_view answer) {
    int master = -1;
    int slave = -1;
    if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) std::abort();
    ours = Fd(master);
    theirs = Fd(slave);
    type(answer);
  }
  void type(std::string_view text) const {
    EXPECT_EQ(::write(ours.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
};

}  // namespace usher::scenarios
