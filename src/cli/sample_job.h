// SPDX-License-Identifier: Apache-2.0
// For tests: a job as it stands after a run.
#pragma once

#include "run/job/job.h"

namespace usher::cli {

// 4,795 of 5,000 rows done, 205 failed, 5 chunks; made at 10:12 and last used at 11:57.
inline job::Standing sample_job(const std::string& id = "spring") {
  job::Standing job;
  job.id = id;
  job.folder = ".workos-checkpoints/" + id;
  job.state = job::Standing::State::failed_rows;
  const WallTime day{std::chrono::seconds{1'705'276'800}};  // 2024-01-15
  job.plan.id = id;
  job.plan.created = day + std::chrono::hours{10} + std::chrono::minutes{12};
  job.plan.csv = {"/data/users.csv", std::string(64, 'a'), 583'000};
  job.plan.mode = Mode::multi_org;
  job.plan.rows = 5000;
  job.plan.options.api_url = "https://api.workos.com";
  job.rows.total = 5000;
  job.rows.created = 4000;
  job.rows.unchanged = 795;
  job.rows.failed = 205;
  job.users = {4000, 795, 0, 205, 0};
  job.memberships = {4700, 95, 0, 0, 0};
  job.organizations = {20, 0, 0, 1, 0};
  job.chunks_done = 5;
  job.runs = {{1, job.plan.created, job.plan.created + std::chrono::minutes{72}, "interrupted", 1},
              {2, job.plan.created + std::chrono::minutes{100}, std::nullopt, "", 4},
              {3, job.plan.created + std::chrono::minutes{104},
               job.plan.created + std::chrono::minutes{105}, "finished", 4}};
  job.bytes = 1'234'567;
  job.used = job.plan.created + std::chrono::minutes{105};
  return job;
}

}  // namespace usher::cli
