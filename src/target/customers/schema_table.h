// SPDX-License-Identifier: Apache-2.0
// The published schema of the customer API as a table: which fields there are, how long they may
// be (in characters), which are required, and which words they take. Households are as they have
// been seen: nothing is published of them. Tested by schema_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace usher::customers::schema {

enum class Form : std::uint8_t {
  text,
  date,      // YYYY-MM-DD
  language,  // two small letters
  country,   // two capitals
  flag,
  number,
  texts,  // a list of texts, each of at most `most` characters
  object,
  objects,     // a list of them
  properties,  // texts under xxCustom01, ..., of which there are `most`
};

// Words that a text takes. Of an open list others are allowed, and told as a warning.
struct Words {
  std::span<const std::string_view> list;
  bool closed = false;
};

struct Object;

struct Field {
  std::string_view name;
  Form form = Form::text;
  std::uint16_t most = 0;  // 0: no limit
  bool required = false;
  const Words* words = nullptr;
  const Object* object = nullptr;
};

// Fields by name, found in one or two looks.
struct Object {
  std::span<const Field> fields;
  std::array<std::uint8_t, 128> slots{};  // one more than the index of a field; 0: none

  [[nodiscard]] const Field* find(std::string_view name) const {
    for (std::size_t slot = slot_of(name);; slot = (slot + 1) % slots.size()) {
      if (slots[slot] == 0) return nullptr;
      const Field& field = fields[slots[slot] - std::size_t{1}];
      if (field.name == name) return &field;
    }
  }
  [[nodiscard]] static constexpr std::size_t slot_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [](char c) {
      return static_cast<std::size_t>(static_cast<unsigned char>(c));
    };
    return (name.size() * 11 + byte(name.front()) * 3 + byte(name.back()) * 7 +
            byte(name[name.size() / 2])) %
           128;
  }
};

extern const Object kPerson;
extern const Object kOrganization;
extern const Object kCustomer;   // the item itself
extern const Object kHousehold;  // the item itself

}  // namespace usher::customers::schema
