// SPDX-License-Identifier: Apache-2.0
#include "run/customers/rest.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace usher::customers {

bool may_be_there(const ItemState& state, const Item& item) {
  switch (state.outcome) {
    case Outcome::pending:
      return state.begun || state.maybe || item.maybe;
    case Outcome::unconfirmed:
      return true;
    case Outcome::failed:
      return state.maybe;
    case Outcome::arrived:
    case Outcome::echo:
      return false;
  }
  return false;
}

Result<std::vector<ItemState>> states_of(BatchStore& store, const Batch& batch) {
  USHER_TRY_ASSIGN(std::vector<ItemState> states, store.batch(batch.number));
  if (states.empty()) states.resize(batch.size);
  if (states.size() != batch.size) {
    return fail(fmt::format("the job's store has {} items in batch {}, and the inputs {}",
                            states.size(), batch.number, batch.size),
                "put the inputs back as they were when the job took them");
  }
  return states;
}

bool any_missing(const std::vector<ItemState>& states) {
  return std::ranges::any_of(states,
                             [](const ItemState& state) { return !has_arrived(state.outcome); });
}

Result<std::vector<bool>> find_missing(BatchStore& store, const Inputs& inputs) {
  std::vector<bool> missing(inputs.batches() + 1, false);
  for (std::uint64_t number = 1; number <= inputs.batches(); ++number) {
    USHER_TRY_ASSIGN(const std::vector<ItemState> states, store.batch(number));
    missing[number] = states.empty() || any_missing(states);
  }
  return missing;
}

Result<Rest> read_rest(BatchStore& store, const Inputs& inputs, std::uint64_t number,
                       std::string& bytes) {
  Rest rest;
  rest.batch = inputs.batch(number);
  USHER_TRY_ASSIGN(rest.states, states_of(store, rest.batch));
  USHER_TRY_ASSIGN(rest.items, inputs.read(rest.batch, bytes));
  return rest;
}

}  // namespace usher::customers
