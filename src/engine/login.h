// SPDX-License-Identifier: Apache-2.0
// The token that requests carry, and how it is kept good. Pure.
//
//   by hand     one token, for ever
//   automatic   none → asking → have one → asking for the next, while the old one still serves
//
// A token is renewed at the later of five sixths of its life and a minute before its end, so that
// one of an hour is asked for once an hour, and one of 30 s not with every batch; and once when the
// API refuses it, however many requests had left with it. A token that the API has never taken and
// refuses is the end: the next would be no better. A login that is rejected is the end too, and is
// never repeated; one that comes to nothing is repeated, further and further apart, kMostAttempts
// times, and as long as the old token serves. Tested by login_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "engine/retry.h"
#include "net/http.h"
#include "target/customers/endpoint.h"
#include "target/customers/token.h"

namespace usher {

class Login {
 public:
  static constexpr int kMostAttempts = 8;
  // A token serves for as long as this, whatever it says of itself: else a slow login would follow
  // upon a slow login, and nothing would ever be sent.
  static constexpr Duration kLeastLife = std::chrono::seconds{5};
  static constexpr Duration kBeforeEnd = std::chrono::minutes{1};

  Login(customers::Endpoint endpoint, customers::Credentials credentials, std::uint64_t seed);

  // A token that may be sent now; nothing: wait. Its number tells it from those before and after.
  struct Token {
    const Secret* text = nullptr;
    std::uint64_t number = 0;
  };
  [[nodiscard]] std::optional<Token> token(Instant now) const;

  // The login that is to leave now, if any. Its answer is awaited before there is another.
  [[nodiscard]] std::optional<net::Request> pump(Now now);
  void answered(const net::Response& response, Now now);
  // When pump() has something to do.
  [[nodiscard]] Instant wake(Instant now) const;

  // What the API said to a request that carried the token of this number.
  void taken(std::uint64_t number);
  enum class Refusal : std::uint8_t {
    outdated,  // there is another by now, or there will be: ask again
    renewed,   // there will be another because of this: ask again
    final,     // it would not take the next one either
  };
  [[nodiscard]] Refusal refused(std::uint64_t number);

  enum class Halt : std::uint8_t { none, denied, unreachable };
  [[nodiscard]] Halt halt() const { return halt_; }
  [[nodiscard]] const Error& halt_reason() const { return halt_reason_; }
  [[nodiscard]] bool asking() const { return asking_; }
  // Why there is no token, for people.
  [[nodiscard]] std::string waiting(Instant now) const;

 private:
  void granted(customers::TokenAnswer answer, Instant now);
  void came_to_nothing(const customers::TokenAnswer& answer, Instant now);
  void stop_for(Halt halt, const customers::TokenAnswer& answer, const char* what);
  [[nodiscard]] Instant due(Instant now) const;

  customers::Endpoint endpoint_;
  customers::Credentials credentials_;
  Random random_;
  RetryPolicy retry_;
  Secret text_;
  std::uint64_t number_ = 0;  // 0: there has never been one
  bool good_ = false;         // not refused
  bool taken_ = false;
  Instant renew_at_{};
  Instant ends_at_{};
  bool asking_ = false;
  int failed_ = 0;  // in a row
  Instant not_before_{};
  std::string trouble_;
  Halt halt_ = Halt::none;
  Error halt_reason_;
};

}  // namespace usher
