// SPDX-License-Identifier: Apache-2.0
// /_sandbox: what tests ask the sandbox about itself. No key is needed, no limit counts it.
// Tested by control_test.cc.
#pragma once

#include <string>

#include "sandbox/counters.h"
#include "sandbox/desk.h"

namespace usher::sandbox {

inline constexpr std::string_view kControlFolder = "_sandbox";

[[nodiscard]] net::Reply tell_state(const Desk& desk, const Counters& counters,
                                    const FaultPlan& faults);
// The directory as sorted lines of JSON, without ids and times, to be compared with an oracle.
[[nodiscard]] net::Reply dump(const Directory& directory);
[[nodiscard]] net::Reply tell_faults(const FaultPlan& faults);
// One fault, or a plan whose faults are added.
[[nodiscard]] net::Reply add_faults(FaultPlan& faults, std::string_view body, Api api = Api::users);
void write_faults(JsonWriter& out, const FaultPlan& faults);  // as an array

}  // namespace usher::sandbox
