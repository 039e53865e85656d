// SPDX-License-Identifier: Apache-2.0
// A customer job seen from outside, while it is worked on or not: nothing is locked and nothing
// written. Tested by job_test.cc.
#include "run/customers/opening.h"

namespace usher::customers {

bool is_customer_job(const job::Folder& folder) {
  return BatchStore::is_one(folder.store());
}

Result<Standing> look(const job::Folder& folder) {
  USHER_TRY_ASSIGN(const auto store, BatchStore::look(folder.store()));
  Standing standing;
  USHER_TRY_ASSIGN(standing.plan, read_plan(*store, folder));
  USHER_TRY_ASSIGN(standing.counts, store->count_items(standing.plan.items));
  USHER_TRY_ASSIGN(standing.runs, store->runs());
  return standing;
}

}  // namespace usher::customers
