// SPDX-License-Identifier: Apache-2.0
// What names an item in the customer API, read off its JSON where it stands. The default e-mail is
// the one for DEFAULT and HOMEEMAIL. Values are decoded; a number where a text is published stays
// as it is written. Tested by identity_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/customer.h"

namespace usher::customers {

// What an item is, at its top: enough to tell customers from households.
struct ItemLook {
  Identity identity;
  std::string type;  // "PERSON"
  bool person = false;
  bool organization = false;
  bool household = false;  // has a householdId or memberIds
};
[[nodiscard]] ItemLook look_at_item(std::string_view json, ImportType type);

// `json`: an item that has been read as well-formed JSON. A field that is absent, null or no text
// is empty; of a field that comes twice, the last one counts, as it does for most readers.
[[nodiscard]] Identity parse_identity(std::string_view json, ImportType type);

// Whether anything names the item.
[[nodiscard]] inline bool is_named(const Identity& identity) {
  return !identity.id.empty() || !identity.username.empty() || !identity.email.empty();
}

}  // namespace usher::customers
