// SPDX-License-Identifier: Apache-2.0
// usher sandbox --customers: the options that are the customer API's own, and what it says when it
// is ready. Tested by sandbox_customers_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "cli/output.h"
#include "sandbox/customers/customer_api.h"

namespace usher::cli {

struct CustomerSandboxFlags {
  bool chosen = false;
  bool digests = false;
  sandbox::customers::CustomerOptions options{};
};
void declare_customer_sandbox(Options& options, CustomerSandboxFlags& flags);

// Options of the one API mean nothing to the other; the error names the first that was typed.
[[nodiscard]] Status check_apis_apart(const Options& options, bool customers);

// The first line is one that scripts wait for; it must not change.
void announce_customer_sandbox(std::uint16_t port, const CustomerSandboxFlags& flags, Output& out);

}  // namespace usher::cli
