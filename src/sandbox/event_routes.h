// SPDX-License-Identifier: Apache-2.0
// GET /events: the log, oldest first unless told otherwise, filtered. Tested by events_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> event_routes();

}  // namespace usher::sandbox
