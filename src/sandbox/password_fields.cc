// SPDX-License-Identifier: Apache-2.0
#include "sandbox/password_fields.h"

#include <fmt/format.h>

#include "base/text.h"

namespace usher::sandbox {

namespace {

net::Reply weak(std::string_view codes) {
  std::vector<Problem> problems;
  for (const std::string_view code : split(codes, ' ')) {
    problems.push_back({std::string(code), "Password does not meet the strength policy."});
  }
  return with_problems(400, "password_strength_error",
                       "Password does not meet strength requirements.", problems);
}

// Which fields exclude or require which.
Checked<void> check_combination(const PasswordFields& fields) {
  if (fields.clear && fields.hash) {
    return refuse(coded(400, "password_and_password_hash_provided",
                        "Provide either a password or a password hash, not both."));
  }
  if (fields.clear && fields.type) {
    return refuse(coded(400, "password_and_password_hash_type_provided",
                        "Provide either a password or a password hash type, not both."));
  }
  if (fields.salt_position && !fields.hash) {
    return refuse(coded(400, "password_salt_position_requires_password_hash",
                        "A password salt position requires a password hash."));
  }
  if (fields.hash && !fields.type) {
    return refuse(invalid("password_hash_type_required",
                          "Password hash type is required with a password hash."));
  }
  if (fields.type && !fields.hash) {
    return refuse(
        invalid("password_hash_required", "Password hash is required with a password hash type."));
  }
  return {};
}

Checked<Password> keep_hash(const std::string& type, const std::string& hash,
                            const Text& salt_position) {
  if (!is_hash_type(type)) {
    return refuse(invalid("password_hash_type_invalid",
                          fmt::format("Password hash type '{}' is not supported.", type)));
  }
  const std::string salt = salt_position.value_or("suffix");
  if (salt_position && (type != "ssha256" || (salt != "suffix" && salt != "prefix"))) {
    return refuse(invalid("password_salt_position_invalid",
                          "Password salt position should be suffix or prefix, with ssha256."));
  }
  if (const std::string wrong = check_hash(type, hash); !wrong.empty()) {
    return refuse(coded(400, "invalid_password_hash", wrong));
  }
  return Password{.type = type,
                  .hash = Secret(hash),
                  .salt = salt == "prefix" ? SaltPosition::prefix : SaltPosition::suffix};
}

}  // namespace

PasswordFields read_password(Form& form) {
  return {.clear = form.text("password"),
          .hash = form.text("password_hash"),
          .type = form.text("password_hash_type"),
          .salt_position = form.text("password_salt_position")};
}

Checked<std::optional<Password>> keep_password(const PasswordFields& fields) {
  USHER_TRY(check_combination(fields));
  if (fields.hash && fields.type) {
    return keep_hash(*fields.type, *fields.hash, fields.salt_position);
  }
  if (!fields.clear) return std::nullopt;
  if (const std::string broken = weak_password(*fields.clear); !broken.empty()) {
    return refuse(weak(broken));
  }
  return Password{.type = "bcrypt", .hash = Secret(hash_password(*fields.clear))};
}

}  // namespace usher::sandbox
