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

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "net/http.h"
#include "target/answer.h"
#include "target/target.h"

namespace usher::workos {

[[nodiscard]] Answer judge(net::Method method, const net::Response& response, WallTime now);

// The table and the rate windows (limits.h), for the engine.
class Api final : public Target {
 public:
  [[nodiscard]] Answer judge(net::Method method, const net::Response& response,
                             WallTime now) const override;
  [[nodiscard]] std::uint32_t windows_of(net::Method method, std::string_view path) const override;
};

}  // namespace usher::workos
