// SPDX-License-Identifier: Apache-2.0
// A job of customers in the list and on its sheet.
#include "cli/customers/job_sheet.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/job_sheet.h"
#include "run/customers/job.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;
using ::testing::HasSubstr;
using ::testing::Not;

const WallTime kNoon{std::chrono::seconds{1'705'320'000}};  // 2024-01-15 12:00 UTC

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("\n{}\n", fmt::join(lines, "\n"));
}

// The seed's example, after its first run.
job::Standing sample(State state, std::size_t inputs = 1) {
  customers::Standing standing;
  for (std::size_t i = 1; i <= inputs; ++i) {
    standing.plan.paths.push_back(fmt::format("/data/batch_{:02}.json", i));
  }
  standing.plan.created = kNoon;
  standing.plan.endpoint.api_url = "https://api.test/customers";
  standing.plan.batches = 20;
  standing.plan.retry_folder = "/data/retry_batches_20250703_143022";
  standing.counts.arrived = 900;
  standing.counts.failed = 60;
  standing.counts.unconfirmed = 40;
  job::Standing job;
  job.id = "july";
  job.folder = "jobs/july";
  job.state = state;
  job.rows.total = 1'000;
  job.rows.created = 900;
  job.rows.failed = state == State::stopped ? 60 : 100;
  job.plan.created = kNoon;
  job.used = kNoon;
  job.customers = std::make_shared<const customers::Standing>(std::move(standing));
  return job;
}

TEST(CustomerSheet, CountsItemsAndNamesTheRetryFiles) {
  EXPECT_EQ(joined(job_sheet(sample(State::failed_rows), "jobs", kNoon)), R"(
Job:            july
State:          all were tried, and 100 have not arrived
Made:           2024-01-15 12:00:00 UTC
Last used:      2024-01-15 12:00:00 UTC (just now)
Folder:         jobs/july (0 B)

Input:          /data/batch_01.json
API:            https://api.test/customers
Mode:           engage, development
Pace:           70 items a request, 3 at a time, 0.5 s apart, 3 attempts (Balanced)

Total:          1,000 customers
Arrived:        900
Failed:         60
Unconfirmed:    40

Files in jobs/july:
  job.db           the store: what was sent, and how it ended
Retry files:    /data/retry_batches_20250703_143022

Next steps:
  See why they have not arrived:
    cat /data/retry_batches_20250703_143022/RETRY_INSTRUCTIONS.md
  Try just these again:
    usher import-customers --resume july --checkpoint-dir jobs
)");
}

TEST(CustomerSheet, BoundsTheListOfInputs) {
  const std::string ten = joined(job_sheet(sample(State::done, 10), "jobs", kNoon));
  EXPECT_THAT(ten, HasSubstr("batch_10.json"));
  EXPECT_THAT(ten, Not(HasSubstr("Input:          and")));
  const std::string many = joined(job_sheet(sample(State::done, 1'234), "jobs", kNoon));
  EXPECT_THAT(many, HasSubstr("Input:          and 1,224 more\n"));
  EXPECT_THAT(many, Not(HasSubstr("batch_11.json")));
}

TEST(CustomerSheet, EveryStateHasItsWords) {
  EXPECT_EQ(customer_state(sample(State::stopped)), "stopped: 40 customers are still to do");
  EXPECT_EQ(customer_state(sample(State::done)), "done: all customers have arrived");
  EXPECT_EQ(customer_state(sample(State::made)), "not started: nothing was sent yet");
  EXPECT_EQ(customer_state(sample(State::running)), "running");
}

TEST(CustomerSheet, TheListSaysWhatKindOfThingsItCounts) {
  EXPECT_EQ(customer_details(sample(State::failed_rows)),
            "900 of 1,000 customers done, 100 failed, 20 batches, batch_01.json");
  EXPECT_EQ(customer_details(sample(State::failed_rows, 3)),
            "900 of 1,000 customers done, 100 failed, 20 batches, 3 inputs");
}

}  // namespace
}  // namespace usher::cli
