// SPDX-License-Identifier: Apache-2.0
// Whether to look before creating. A create that meets what is already there is a refused write: it
// burns the scarce half of the quota and, in a re-run, there would be one per person. A look-up
// that finds nothing is a wasted read. So the last look decides: found → look at the next one too;
// not found → create at once, until a create is refused. A converged directory thus sees no write
// at all, and an empty one only a handful of reads. Tested by foresight_test.cc.
#pragma once

namespace usher {

class Foresight {
 public:
  [[nodiscard]] bool look_first() const { return look_first_; }
  void found() { look_first_ = true; }
  void missing() { look_first_ = false; }

 private:
  bool look_first_ = true;
};

}  // namespace usher
