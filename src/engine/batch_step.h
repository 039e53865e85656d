// SPDX-License-Identifier: Apache-2.0
// Items of one batch that go out in one request, as the dispatcher carries them: all of the batch
// at first, later what is left of it. What an answer means for each of them is told by
// batch_import.cc, which holds the answer's body; the step itself only ends. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch_import.h"
#include "target/step.h"

namespace usher {

struct BatchUnderWay;

struct BatchPart {
  BatchUnderWay* batch = nullptr;
  std::vector<OpenBatch::Item> items;
  bool begun = false;       // so the store says
  std::uint64_t token = 0;  // that its request carries
  int refusals = 0;         // of tokens that were good, in a row
  bool resting = false;     // waits, because the API could not take its items for the moment
};

class BatchStep final : public Step {
 public:
  BatchStep(BatchPart given, std::string url) : part(std::move(given)), url_(std::move(url)) {}

  void start(const Start& /*start*/) override {}
  [[nodiscard]] net::Request request() const override {
    net::Request request;
    request.method = net::Method::post;
    request.url = url_;
    return request;
  }
  [[nodiscard]] bool creates() const override { return true; }
  Move answered(const Answer& /*answer*/) override { return Move::created({}); }
  void doubted() override {
    for (OpenBatch::Item& item : part.items) item.maybe = true;
  }
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::user_create; }
  [[nodiscard]] bool can_part() const override { return part.items.size() > 1; }
  [[nodiscard]] bool sends_blindly() const override { return true; }

  BatchPart part;

 private:
  std::string url_;
};

}  // namespace usher
