// SPDX-License-Identifier: Apache-2.0
// How the customer API refuses a whole request: RFC 7807. Tested by customer_api_test.cc.
#pragma once

#include <string_view>

#include "net/server.h"
#include "sandbox/faults.h"

namespace usher::sandbox::customers {

[[nodiscard]] net::Reply problem(int status, std::string_view detail);
// What is answered in place of the truth.
[[nodiscard]] net::Reply answer_instead(const Fault& fault);

}  // namespace usher::sandbox::customers
