// SPDX-License-Identifier: Apache-2.0
// Command lines for people to paste. Tested by shell_test.cc.
#pragma once

#include <span>
#include <string>

namespace usher {

// A command line that can be pasted into a POSIX shell.
[[nodiscard]] std::string shell_line(std::span<const std::string> words);
[[nodiscard]] std::string shell_word(const std::string& word);
// A file as an argument of any program: one that begins with a dash is no option.
[[nodiscard]] std::string shell_file(const std::string& path);

}  // namespace usher
