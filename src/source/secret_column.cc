// SPDX-License-Identifier: Apache-2.0
#include "source/secret_column.h"

#include <string>

#include "base/text.h"
#include "source/user_mapping.h"

namespace usher {

bool is_secret_column(std::string_view name) {
  const std::string lower = lower_ascii(name);
  return UserMapping::is_secret(lower) || lower.contains("password") || lower.contains("secret");
}

}  // namespace usher
