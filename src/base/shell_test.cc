// SPDX-License-Identifier: Apache-2.0
#include "base/shell.h"

#include <vector>

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(ShellLine, CanBePasted) {
  const std::vector<std::string> words = {"usher", "--org-name", "Ida's $HOME", "", "a=b", "*"};
  EXPECT_EQ(shell_line(words), "usher --org-name 'Ida'\\''s $HOME' '' a=b '*'");
  EXPECT_EQ(shell_file("-e s.jsonl"), "'./-e s.jsonl'");
  EXPECT_EQ(shell_file("errors.jsonl"), "errors.jsonl");
}

}  // namespace
}  // namespace usher
