// SPDX-License-Identifier: Apache-2.0
// How a fault looks from outside: what is answered instead of the truth, or how the true answer is
// spoilt on its way after all was carried out. Tested by sandbox_test.cc.
#pragma once

#include "net/server.h"
#include "sandbox/faults.h"

namespace usher::sandbox {

// Whether the request is carried out before the fault.
[[nodiscard]] bool commits(FaultKind kind);
[[nodiscard]] std::string_view words_for(int status);  // "Bad Gateway"
[[nodiscard]] net::Reply html_page(int status);        // as a load balancer puts it
[[nodiscard]] net::Reply answer_instead(const Fault& fault);
[[nodiscard]] net::Reply spoil(net::Reply answer, const Fault& fault);

}  // namespace usher::sandbox
