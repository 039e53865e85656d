// SPDX-License-Identifier: Apache-2.0
// What failures have in common: a message with everything that names one thing taken out, so that
// 203 conflicts of 19 organizations are one kind of failure. For the import's summary and for the
// analysis. Pure. Tested by failure_pattern_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace usher {

// <EMAIL> <UUID> <ORG_ID> <USER_ID>, <NUMBER> for five digits or more, and
// for the number of a line or a row, "<NAME>" for quoted text and
// for what was not found, <ID> for other words with four digits or more; white space becomes one
// space. Of at most the first 400 bytes.
[[nodiscard]] std::string failure_pattern(std::string_view message);

}  // namespace usher
