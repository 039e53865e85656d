// SPDX-License-Identifier: Apache-2.0
// checkpoint.json: how far a job is, for people and for scripts of the existing toolkit, in its
// fields. A view of the store; and the one thing that is read of a job which the existing toolkit
// began, so that usher can take it over. Tested by checkpoint_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "run/job/chunks.h"
#include "run/job/plan.h"

namespace usher::job {

[[nodiscard]] std::string to_checkpoint(const Plan& plan, const Chunks& chunks, WallTime now);

// What a checkpoint of the existing toolkit says of its job.
struct ForeignJob {
  std::string csv;  // as it was given to it
  std::string csv_sha256;
  std::string mode;    // "single-org", "multi-org", "user-only"
  std::string org_id;  // single-org: often not there
  std::uint32_t chunk_size = 1000;
  int concurrency = 10;
  std::uint64_t chunks = 0;
  std::uint64_t chunks_done = 0;
};
[[nodiscard]] Result<ForeignJob> parse_foreign(std::string_view text);

}  // namespace usher::job
