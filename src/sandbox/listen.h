// SPDX-License-Identifier: Apache-2.0
// A sandbox on a port, whichever API it is. Its .cc is the only place of this room that reads a
// clock. Tested by tests/scenarios.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "net/server.h"
#include "sandbox/sandbox.h"

namespace usher::sandbox {

using Answerer =
    std::function<net::Reply(const net::ServerRequest& request, Now now, std::size_t in_flight)>;
// Serves until stopped. Fails when it cannot listen.
[[nodiscard]] Status listen(const Serving& serving, const Answerer& answer);

}  // namespace usher::sandbox
