// SPDX-License-Identifier: Apache-2.0
// The verdict table of the WorkOS API: from transport, status and body to an Answer.
//
//   transport / status               read          write
//   nothing on the wire              unavailable   unavailable
//   lost (time-out, reset, cut)      unavailable   in_doubt
//   2xx, JSON                        ok            ok
//   2xx, no JSON                     unavailable   in_doubt      (a DELETE is ok: 202 "Accepted")
//   3xx                              denied        denied        the address is wrong
//   401, 403                         denied        denied
//   431, 494                         denied        denied        the key is too long for a header
//   404 of an unknown route          denied        denied        no JSON; or a POST without a code
//   408                              unavailable   in_doubt
//   425                              unavailable   unavailable
//   429                              throttled     throttled
//   501, 505                         refused       refused
//   other 5xx                        unavailable   in_doubt      Retry-After is told to the pacer
//   other 4xx                        refused       refused
//
// A 503 with Retry-After is in_doubt for a write, not throttled: a gateway may say so after the
// origin has committed. Tested by judge_test.cc, row by row.
#pragma once

#include "base/time.h"
#include "net/http.h"
#include "target/answer.h"

namespace usher::workos {

[[nodiscard]] Answer judge(net::Method method, const net::Response& response, WallTime now);

// Retry-After: whole seconds or an HTTP date; at most an hour; a date gone by is zero.
[[nodiscard]] std::optional<Duration> retry_after(std::string_view text, WallTime now);

}  // namespace usher::workos
