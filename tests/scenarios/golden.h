// SPDX-License-Identifier: Apache-2.0
// What a program printed beside what it shall print: tests/scenarios/golden/NAME.txt. A whole
// output in a file is read and reviewed as a person will see it, which a dozen HasSubstr are not.
// What differs by nature (folders, ports, durations, moments, rates, ids) is masked on the way, so
// that everything else is compared letter by letter. `USHER_GOLDEN=write` writes the files anew:
// then look at the difference in git. Tested by golden_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/job_trial.h"

namespace usher::scenarios {

struct Mask {
  std::string pattern;  // a regular expression (ECMAScript)
  std::string instead;  // may have $1
};
using Masks = std::vector<Mask>;

// Fails the test when the text, or what a program left behind, is not that of the file. `also` are
// masks that go before the usual ones.
void expect_golden(const std::string& name, const std::string& text, const Masks& also = {});
void expect_golden(const std::string& name, const Ran& ran, const Masks& also = {});

// --- its parts ---------------------------------------------------------------------------------

// What a person sees in the end: cleared lines are gone, colours are words such as {red}.
[[nodiscard]] std::string on_screen(std::string_view bytes);
// Exit code, standard output and standard error, one below the other.
[[nodiscard]] std::string transcript(const Ran& ran);
[[nodiscard]] std::string masked(std::string text, const Masks& also = {});
// The lines that differ, with a few around them, at most some dozens; empty when nothing does.
[[nodiscard]] std::string difference(const std::string& expected, const std::string& got);

enum class Golden { compare, write };
// What is wrong with the file at `path`; empty: nothing.
[[nodiscard]] std::string golden_problem(const std::string& path, const std::string& text,
                                         Golden golden);

}  // namespace usher::scenarios
