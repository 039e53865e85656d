// SPDX-License-Identifier: Apache-2.0
// Runs that were cut off (a kill, a crash, a loss of power), brought to their end by the next
// start: their retry files hold then what has not arrived. Tested by job_test.cc.
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "run/customers/ending.h"
#include "run/customers/opening.h"
#include "run/customers/retry_folder.h"

namespace usher::customers {
namespace {

constexpr std::string_view kKilled = "killed";

bool is_cut_off(const job::Folder& folder) {
  if (!is_customer_job(folder) || job::Lock::holder(folder)) return false;
  const auto store = BatchStore::look(folder.store());
  if (!store) return false;  // what is wrong with it is said when it is opened
  const auto runs = (*store)->runs();
  return runs && !runs->empty() && !runs->back().ended;
}

Status finish(const job::Folder& folder, Finalised& done) {
  USHER_TRY_ASSIGN(job::Lock lock, job::Lock::take(folder, read_clocks().wall));
  USHER_TRY_ASSIGN(auto store, BatchStore::open(folder.store()));
  USHER_TRY_ASSIGN(Plan plan, read_plan(*store, folder));
  USHER_TRY_ASSIGN(done.counts, store->count_items(plan.items));
  Opened job{folder, std::move(lock), std::move(plan), std::move(store), true};
  USHER_TRY_ASSIGN(Inputs inputs, Inputs::open(inputs_of(job.plan)));
  USHER_TRY(inputs.survey({}));
  USHER_TRY(take_inputs(job, inputs));
  RetryFolder retry(job, inputs);
  StopSignal nobody(-1);
  Report report;
  USHER_TRY(end_run(job, inputs, retry, kKilled, nobody, report));
  done.retry_folder = report.retry_folder;
  return {};
}

}  // namespace

std::vector<Finalised> finalise_cut_off(const std::string& root) {
  std::vector<Finalised> all;
  for (const job::Folder& folder : job::list(root)) {
    if (!is_cut_off(folder)) continue;
    Finalised done;
    done.job = folder.id();
    if (Status finished = finish(folder, done); !finished) {
      if (job::Lock::holder(folder)) continue;  // somebody goes on with it
      done.problem = {fmt::format("the retry files of the job {} could not be written: {}",
                                  folder.id(), finished.error().what),
                      finished.error().next};
    }
    all.push_back(std::move(done));
  }
  return all;
}

}  // namespace usher::customers
