// SPDX-License-Identifier: Apache-2.0
// The password group of a user's body: a clear password or an imported hash, never both, with the
// refusal each wrong combination gets. Tested by authenticate_test.cc.
#pragma once

#include <optional>
#include <string>

#include "sandbox/answers.h"
#include "sandbox/form.h"
#include "sandbox/records.h"

namespace usher::sandbox {

// The texts as sent. Reading collects into the form; keep_password() judges them.
struct PasswordFields {
  Text clear{};
  Text hash{};
  Text type{};
  Text salt_position{};
};
[[nodiscard]] PasswordFields read_password(Form& form);

// Nothing when the body says nothing about a password.
[[nodiscard]] Checked<std::optional<Password>> keep_password(const PasswordFields& fields);

}  // namespace usher::sandbox
