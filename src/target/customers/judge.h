// SPDX-License-Identifier: Apache-2.0
// The verdict table of the customer API, for a request of several items:
//
//   transport / status           verdict       and when it holds more than one item
//   nothing on the wire          unavailable
//   lost: our own time-out       in_doubt      parted
//   lost: reset, cut             in_doubt
//   2xx                          ok            whatever its body: items it does not speak of are
//                                              unconfirmed (results.h)
//   3xx                          denied        the address is wrong
//   401                          stale         with a token by hand: denied
//   403, 404, 405, 407           denied
//   431, 494                     denied        the token or the passport is too long for a header
//   408                          in_doubt      parted
//   413                          refused       parted
//   425                          unavailable
//   429                          throttled
//   504, 524                     in_doubt      parted: a gateway would wait no longer
//   other 5xx                    in_doubt      Retry-After is told to the pacer
//   other 4xx                    refused
//
// There is no idempotency and no look-up in this API. What is in doubt is sent again, and the echo
// of our own attempt is known by its CONFLICT. Error bodies are those of RFC 7807 (title, detail,
// type), of OAuth (error, error_description), or the pages of gateways, which are not read. Tested
// by judge_test.cc, row by row.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "net/http.h"
#include "target/answer.h"
#include "target/target.h"

namespace usher::customers {

enum class Tokens { by_hand, automatic };

[[nodiscard]] Answer judge(const net::Response& response, Tokens tokens, WallTime now);

// For the engine. The API has no published rate.
class Api final : public Target {
 public:
  explicit Api(Tokens tokens) : tokens_(tokens) {}
  [[nodiscard]] Answer judge(net::Method method, const net::Response& response,
                             WallTime now) const override;
  [[nodiscard]] std::uint32_t windows_of(net::Method method, std::string_view path) const override;

 private:
  Tokens tokens_;
};

// What a body of an error says, for people: `message`, and `code` for programs.
struct ProblemText {
  bool json = false;
  std::string code;
  std::string message;
};
[[nodiscard]] ProblemText read_problem(std::string_view body);

}  // namespace usher::customers
