// SPDX-License-Identifier: Apache-2.0
// How many items go into a request. A gateway that times out on one large batch will on the next,
// and each time costs a minute and leaves a doubt; so what was too much is not asked again at once:
// half of it is the bound, until so many requests of that size went well that twice as much is
// worth a try. Each bound that turns out too high makes the next try rarer. One time-out of a size
// that has gone well is nobody's size; the second one is. Tested by batch_size_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>

#include "model/customer.h"

namespace usher {

class BatchSize {
 public:
  static constexpr int kFirstPatience = 20;  // requests that go well before a larger one
  static constexpr int kMostPatience = 10'000;

  [[nodiscard]] std::size_t most() const { return most_; }

  void too_much(std::size_t items) {
    if (items > most_) return;  // it had left before
    if (items <= proven_) {
      proven_ = items / 2;
      return;
    }
    most_ = std::max<std::size_t>((items + 1) / 2, 1);
    patience_ = went_well_ >= 0 ? std::min(patience_ * 2, kMostPatience) : kFirstPatience;
    went_well_ = 0;
  }
  void went_well(std::size_t items) {
    proven_ = std::max(proven_, items);
    if (most_ >= customers::kMostInBatch || items < most_) return;
    if (++went_well_ < patience_) return;
    most_ = std::min(most_ * 2, customers::kMostInBatch);
    went_well_ = 0;
  }

 private:
  std::size_t most_ = customers::kMostInBatch;
  std::size_t proven_ = 0;  // the largest that went well
  int patience_ = kFirstPatience;
  int went_well_ = -1;  // of this size, in all; -1: it was never too much
};

}  // namespace usher
