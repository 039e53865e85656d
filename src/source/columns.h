// SPDX-License-Identifier: Apache-2.0
// The columns that usher reads, by name, and what people call them instead. Tested by
// columns_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace usher {

enum class Column : std::uint8_t {
  email,
  first_name,
  last_name,
  email_verified,
  external_id,
  password,
  password_hash,
  password_hash_type,
  metadata,
  org_id,
  org_external_id,
  org_name,
  role_slugs,
};
constexpr std::size_t kColumns = 13;

[[nodiscard]] std::string_view to_string(Column column);  // its name in a header

// A value for each of them.
template <class T>
struct PerColumn {
  std::array<T, kColumns> values{};

  [[nodiscard]] T& operator[](Column column) { return values[static_cast<std::size_t>(column)]; }
  [[nodiscard]] const T& operator[](Column column) const {
    return values[static_cast<std::size_t>(column)];
  }
};

[[nodiscard]] std::optional<Column> known_column(std::string_view name);  // exactly

// "First Name" and "first-name" are first_name: the same letters and digits.
[[nodiscard]] std::optional<Column> same_column(std::string_view name);
// What is probably meant: these, and words for the same.
[[nodiscard]] std::optional<Column> meant_column(std::string_view name);

}  // namespace usher
