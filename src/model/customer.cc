// SPDX-License-Identifier: Apache-2.0
#include "model/customer.h"

namespace usher::customers {

void count(ItemCounts& counts, const ItemState& state) {
  switch (counted_as(state)) {
    case Outcome::pending:
      ++counts.pending;
      return;
    case Outcome::arrived:
      ++counts.arrived;
      return;
    case Outcome::echo:
      ++counts.echoes;
      return;
    case Outcome::unconfirmed:
      ++counts.unconfirmed;
      if (state.outcome == Outcome::pending) ++counts.in_doubt;
      return;
    case Outcome::failed:
      ++counts.failed;
      if (state.cause != nullptr && state.cause->kind == Cause::Kind::invalid) ++counts.invalid;
      return;
  }
}

}  // namespace usher::customers
