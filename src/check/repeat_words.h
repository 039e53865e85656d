// SPDX-License-Identifier: Apache-2.0
// What is said of a row that is like an earlier one. Tested by repeats_test.cc.
#pragma once

#include <string>

#include "check/repeats.h"

namespace usher::check {

[[nodiscard]] std::string repeat_words(const Repeat& repeat, const Row& row);
[[nodiscard]] Column repeat_column(Rule rule);  // the one that the rule is about

}  // namespace usher::check
