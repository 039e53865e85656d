// SPDX-License-Identifier: Apache-2.0
// Failure as a value. An Error is one line for a person: what happened and where, and the next
// step. Expected outcomes of the domain (a refused row, an answered 400) are values of their own;
// an Error means "this could not be done"; a bug aborts. Tested by every room that returns one.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace usher {

struct Error {
  std::string what;       // names the place: "users.csv:12: ..."
  std::string next = {};  // what to do about it; empty when `what` says it all

  // One line for a terminal: "what. next"
  [[nodiscard]] std::string line() const { return next.empty() ? what : what + "\n  " + next; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(std::string what, std::string next = {}) {
  return std::unexpected(Error{std::move(what), std::move(next)});
}

}  // namespace usher

// TRY(expr): return the error of a Status or Result, or go on.
#define USHER_TRY(expr)                                     \
  do {                                                      \
    if (auto usher_try = (expr); !usher_try) {              \
      return std::unexpected(std::move(usher_try.error())); \
    }                                                       \
  } while (false)

// TRY_ASSIGN(auto name, expr): bind the value of a Result, or return its error. `target` may be a
// declaration, which cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define USHER_CAT2(a, b) a##b
#define USHER_CAT(a, b) USHER_CAT2(a, b)
#define USHER_TRY_ASSIGN(target, expr)                                             \
  auto USHER_CAT(usher_result_, __LINE__) = (expr);                                \
  if (!USHER_CAT(usher_result_, __LINE__)) {                                       \
    return std::unexpected(std::move(USHER_CAT(usher_result_, __LINE__).error())); \
  }                                                                                \
  target = std::move(*USHER_CAT(usher_result_, __LINE__))
// NOLINTEND(bugprone-macro-parentheses)
