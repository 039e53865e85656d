// SPDX-License-Identifier: Apache-2.0
// What is certainly not an e-mail address. Only the certain: an address refused here is a person
// not moved, while one let through costs a request that says no. Tested by email_test.cc.
#pragma once

#include <optional>
#include <string_view>

namespace usher {

// Why `address` cannot be one, as the rest of a sentence that begins with it ("has no @ ..."), and
// what to do; nothing when it may be one. Letters beyond ASCII may stand before the @ (RFC 6531), a
// domain has to be written in its ASCII form. Dots before the
// @ may stand anywhere: such mailboxes exist.
[[nodiscard]] std::optional<std::string_view> email_problem(std::string_view address);

// Without white space at its ends, and without what looks like it: no-break and zero-width spaces,
// which come with text copied from elsewhere.
[[nodiscard]] std::string_view without_blanks(std::string_view address);

}  // namespace usher
