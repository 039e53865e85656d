// SPDX-License-Identifier: Apache-2.0
// Answers without a directory: every create succeeds at once and nothing is kept, for trials of
// speed. Tested by stub_test.cc.
#pragma once

#include "sandbox/desk.h"

namespace usher::sandbox {

// For an address that exists; the body has been read.
[[nodiscard]] net::Reply answer_stub(Desk& desk, const Call& call);

}  // namespace usher::sandbox
