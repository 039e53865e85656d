// SPDX-License-Identifier: Apache-2.0
// What a validation says: the summary, then the causes, the largest first, each with how often,
// where first, one example and what to do. Two hundred errors of two kinds are two paragraphs.
// Pure. Tested by validate_words_test.cc.
#pragma once

#include <string>

#include "app/validate.h"

namespace usher::cli {

[[nodiscard]] std::string validate_words(const Validation& validation, bool colour);

// "users.csv" -> "users-fixed.csv": what the next step proposes.
[[nodiscard]] std::string with_suffix(const std::string& path, std::string_view suffix);

}  // namespace usher::cli
