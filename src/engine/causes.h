// SPDX-License-Identifier: Apache-2.0
// Why items have not arrived: few different causes, shared by many items. Words are the API's, and
// an API may say something else of each item: once there are very many, words are left out, so that
// memory does not grow with the input. Tested by causes_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/customer.h"

namespace usher {

class Causes {
 public:
  using Shared = std::shared_ptr<const customers::Cause>;

  explicit Causes(std::size_t most = 1'000) : most_(most) {}

  [[nodiscard]] Shared share(customers::Cause cause) {
    if (last_ && *last_ == cause) return last_;
    if (cause.message.size() > customers::Cause::kMostMessage) {
      cause.message.resize(customers::Cause::kMostMessage);
    }
    std::string key = key_of(cause);
    auto found = known_.find(key);
    if (found == known_.end() && known_.size() >= most_) {
      cause.message.clear();
      key = key_of(cause);
      found = known_.find(key);
    }
    if (found != known_.end()) return last_ = found->second;
    last_ = std::make_shared<const customers::Cause>(std::move(cause));
    if (known_.size() < 2 * most_) known_.emplace(std::move(key), last_);
    return last_;
  }

 private:
  static std::string key_of(const customers::Cause& cause) {
    std::string key = std::to_string(static_cast<int>(cause.kind));
    key += ' ' + std::to_string(cause.http_status);
    for (const std::string* text : {&cause.result, &cause.code, &cause.message}) {
      key += ' ' + std::to_string(text->size()) + ' ' + *text;
    }
    return key;
  }

  std::size_t most_;
  Shared last_;
  std::unordered_map<std::string, Shared> known_;
};

}  // namespace usher
