// SPDX-License-Identifier: Apache-2.0
// States, causes and writes for the tests of the store of batches.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "store/batch_store.h"

namespace usher {

inline std::shared_ptr<const customers::Cause> cause(customers::Cause::Kind kind, int status = 200,
                                                     const std::string& result = "",
                                                     const std::string& message = "") {
  customers::Cause made;
  made.kind = kind;
  made.http_status = status;
  made.result = result;
  made.message = message;
  return std::make_shared<const customers::Cause>(std::move(made));
}

inline customers::ItemState state(customers::Outcome outcome,
                                  std::shared_ptr<const customers::Cause> why = nullptr,
                                  bool maybe = false) {
  customers::ItemState made;
  made.outcome = outcome;
  made.maybe = maybe;
  made.cause = std::move(why);
  return made;
}

inline customers::ItemState begun() {
  customers::ItemState made;
  made.begun = true;
  return made;
}

// Every field, causes by what they say.
inline std::string in_words(const customers::ItemState& item) {
  std::string text = fmt::format("{}{}{}", static_cast<int>(item.outcome), item.begun ? "b" : "",
                                 item.maybe ? "m" : "");
  if (item.cause != nullptr) {
    text +=
        fmt::format(" {} {} {} {} {}", static_cast<int>(item.cause->kind), item.cause->http_status,
                    item.cause->result, item.cause->code, item.cause->message);
  }
  return text;
}
inline std::string in_words(const std::vector<customers::ItemState>& items) {
  std::string text;
  for (const auto& item : items) text += in_words(item) + "\n";
  return text;
}

inline customers::ItemState random_state(Random& random) {
  using customers::Cause;
  using customers::Outcome;
  auto item = state(static_cast<Outcome>(random.below(5)), nullptr, random.chance(0.3));
  item.begun = random.chance(0.2);
  if (item.outcome == Outcome::failed || item.outcome == Outcome::unconfirmed) {
    item.cause = cause(
        static_cast<Cause::Kind>(1 + random.below(5)), static_cast<int>(random.below(3)) * 100,
        random.chance(0.5) ? "CONFLICT" : "ERROR", fmt::format("message {}", random.below(4)));
  }
  return item;
}

}  // namespace usher
