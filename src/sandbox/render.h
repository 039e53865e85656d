// SPDX-License-Identifier: Apache-2.0
// Records as the JSON objects of the API. Tested by the tests of each resource.
#pragma once

#include <string>

#include "base/json.h"
#include "sandbox/records.h"

namespace usher::sandbox {

void write(JsonWriter& out, const User& user);
void write(JsonWriter& out, const Organization& organization);
void write(JsonWriter& out, const Domain& domain);
void write(JsonWriter& out, const Membership& membership);
void write(JsonWriter& out, const Role& role);
void write(JsonWriter& out, const Permission& permission);
void write(JsonWriter& out, const Challenge& challenge);
void write(JsonWriter& out, const Invitation& invitation);
void write(JsonWriter& out, const Metadata& metadata);
// The secret, the URI and the picture are shown once, at enrolment.
enum class Show { everything, no_secret };
void write(JsonWriter& out, const Factor& factor, Show show);

[[nodiscard]] std::string_view to_string(MembershipStatus status);
[[nodiscard]] std::string_view to_string(InvitationState state);
[[nodiscard]] std::string_view to_string(Domain::State state);

template <class Record>
[[nodiscard]] std::string render(const Record& record) {
  std::string text;
  text.reserve(512);
  JsonWriter out(text);
  write(out, record);
  return text;
}

}  // namespace usher::sandbox
