// SPDX-License-Identifier: Apache-2.0
#include "engine/login.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/pacer.h"

namespace usher {
namespace {

constexpr Instant kFarFuture = Pacer::kFarFuture;

}  // namespace

Login::Login(customers::Endpoint endpoint, customers::Credentials credentials, std::uint64_t seed)
    : endpoint_(std::move(endpoint)), credentials_(std::move(credentials)), random_(seed) {
  retry_.base = std::chrono::milliseconds{500};
  if (credentials_.automatic()) return;
  text_ = credentials_.token;
  number_ = 1;
  good_ = true;
  renew_at_ = ends_at_ = kFarFuture;
}

std::optional<Login::Token> Login::token(Instant now) const {
  if (!good_ || now >= ends_at_) return std::nullopt;
  return Token{&text_, number_};
}

// When a login is called for, whether or not one is under way.
Instant Login::due(Instant now) const {
  if (!credentials_.automatic() || halt_ != Halt::none) return kFarFuture;
  return std::max(good_ ? renew_at_ : now, not_before_);
}

Instant Login::wake(Instant now) const {
  return asking_ ? kFarFuture : due(now);
}

std::optional<net::Request> Login::pump(Now now) {
  if (wake(now.steady) > now.steady) return std::nullopt;
  asking_ = true;
  return customers::token_request(endpoint_, credentials_);
}

void Login::answered(const net::Response& response, Now now) {
  using Kind = customers::TokenAnswer::Kind;
  asking_ = false;
  customers::TokenAnswer answer = customers::judge_token(response, credentials_, now.wall);
  switch (answer.kind) {
    case Kind::granted:
      return granted(std::move(answer), now.steady);
    case Kind::rejected:
      return stop_for(Halt::denied, answer, "the login was rejected: ");
    case Kind::again:
      return came_to_nothing(answer, now.steady);
  }
}

void Login::granted(customers::TokenAnswer answer, Instant now) {
  text_ = std::move(answer.token);
  ++number_;
  good_ = true;
  taken_ = false;
  failed_ = 0;
  not_before_ = {};
  const Duration life = std::max(answer.life, kLeastLife);
  renew_at_ = now + std::max(life / 6 * 5, life - kBeforeEnd);
  ends_at_ = now + life;
}

void Login::came_to_nothing(const customers::TokenAnswer& answer, Instant now) {
  ++failed_;
  trouble_ = answer.message;
  const bool never = number_ == 0;
  const bool over = failed_ >= kMostAttempts && !token(now);
  if (over || (never && answer.hopeless)) {
    return stop_for(Halt::unreachable, answer, "the login cannot be reached: ");
  }
  not_before_ =
      now + std::max(retry_.backoff(failed_, random_), answer.retry_after.value_or(Duration{0}));
}

void Login::stop_for(Halt halt, const customers::TokenAnswer& answer, const char* what) {
  halt_ = halt;
  halt_reason_ = {what + answer.message, answer.advice};
}

void Login::taken(std::uint64_t number) {
  if (number == number_) taken_ = true;
}

Login::Refusal Login::refused(std::uint64_t number) {
  if (!credentials_.automatic()) return Refusal::final;
  if (number != number_ || !good_) return Refusal::outdated;
  if (!taken_) return Refusal::final;
  good_ = false;
  return Refusal::renewed;
}

std::string Login::waiting(Instant now) const {
  if (halt_ != Halt::none) return halt_reason_.what;
  if (token(now)) return {};
  if (asking_ || failed_ == 0) return "logging in";
  return "logging in again in " + to_words(std::max(not_before_ - now, Duration{0})) + " (" +
         trouble_ + ")";
}

}  // namespace usher
