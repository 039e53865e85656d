// SPDX-License-Identifier: Apache-2.0
// What has not arrived of a job, batch by batch, with the bytes of its items: read once for
// everything that is written about it. What stands here follows from the store and the inputs
// alone, so that it can be written again after a crash. Tested by retry_folder_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/customers/inputs.h"
#include "store/batch_store.h"

namespace usher::customers {

// A batch that has an item which has not arrived.
struct Rest {
  Batch batch;
  std::vector<ItemState> states;  // of every item of it
  std::vector<Item> items;        // every item; valid until the next one is read
};

// Whether an attempt of ours may have made the item, so that its CONFLICT would be our echo.
[[nodiscard]] bool may_be_there(const ItemState& state, const Item& item);

// The states of a batch; all pending when it was never touched.
[[nodiscard]] Result<std::vector<ItemState>> states_of(BatchStore& store, const Batch& batch);
[[nodiscard]] bool any_missing(const std::vector<ItemState>& states);

// The numbers of batches that miss something, in order: a bit each, from number 1 on.
[[nodiscard]] Result<std::vector<bool>> find_missing(BatchStore& store, const Inputs& inputs);
// Reads one of them, its bytes in `bytes`.
[[nodiscard]] Result<Rest> read_rest(BatchStore& store, const Inputs& inputs, std::uint64_t number,
                                     std::string& bytes);

}  // namespace usher::customers
