// SPDX-License-Identifier: Apache-2.0
#include "run/job/checkpoint.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/json.h"

namespace usher::job {
namespace {

namespace json = boost::json;

// The counts that a chunk and the whole have in common.
void write_counts(JsonWriter& out, const RowCounts& counts) {
  const auto less = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
  out.field("successes", counts.succeeded());
  out.field("failures", counts.failed);
  out.field("membershipsCreated", counts.made_memberships);
  out.field("usersCreated", counts.made_users);
  out.field("duplicateUsers", less(counts.succeeded(), counts.made_users));
  out.field("duplicateMemberships", less(counts.members_done, counts.made_memberships));
}

std::int64_t milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}

void write_chunk(JsonWriter& out, std::uint64_t number, const RowCounts& counts,
                 std::uint32_t size) {
  const std::uint64_t first = number * size + 1;
  out.open_object().field("chunkId", number).field("startRow", first);
  out.field("endRow", first + counts.total - 1);
  out.field("status", counts.pending() == 0 ? "completed" : "pending");
  write_counts(out, counts);
  out.close_object();
}

}  // namespace

std::string to_checkpoint(const Plan& plan, const Chunks& chunks, WallTime now) {
  std::string text;
  JsonWriter out(text);
  const RowCounts& sum = chunks.sum();
  const bool ended = sum.pending() == 0;
  out.open_object().field("jobId", plan.id).field("csvPath", plan.csv.path);
  out.field("csvHash", plan.csv.sha256);
  out.field("createdAt", milliseconds(plan.created)).field("updatedAt", milliseconds(now));
  out.field("chunkSize", std::uint64_t{chunks.size()});
  out.field("concurrency", plan.options.concurrency).field("totalRows", sum.total);
  out.field("dryRun", plan.options.dry_run);
  out.key("chunks").open_array();
  for (std::uint64_t i = 0; i < chunks.total(); ++i) {
    write_chunk(out, i, chunks.counts()[i], chunks.size());
  }
  out.close_array();
  out.key("summary").open_object().field("total", sum.succeeded() + sum.failed);
  write_counts(out, sum);
  out.field("startedAt", milliseconds(plan.created)).key("endedAt");
  ended ? out.value(milliseconds(now)) : out.null();
  out.key("warnings").open_array().close_array().close_object();
  out.field("mode", to_string(plan.mode)).key("orgId");
  const OrgRef& org = plan.options.single_org;
  org.by == OrgRef::By::id ? out.value(org.value) : out.null();
  out.close_object();
  text += "\n";
  return text;
}

Result<ForeignJob> parse_foreign(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return fail("checkpoint.json is no JSON object");
  const json::object& object = document.get_object();
  const auto text_of = [&](const char* name) -> std::string {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
  };
  const auto number_of = [&](const char* name, std::int64_t otherwise) {
    const json::value* value = object.if_contains(name);
    boost::system::error_code bad;
    const auto number = value != nullptr ? value->to_number<std::int64_t>(bad) : otherwise;
    return bad ? otherwise : number;
  };
  ForeignJob job;
  job.csv = text_of("csvPath");
  job.csv_sha256 = text_of("csvHash");
  job.mode = text_of("mode");
  job.org_id = text_of("orgId");
  job.chunk_size = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(number_of("chunkSize", 1000), 1, 1'000'000));
  job.concurrency =
      static_cast<int>(std::clamp<std::int64_t>(number_of("concurrency", 10), 1, 100));
  if (const json::value* chunks = object.if_contains("chunks"); chunks && chunks->is_array()) {
    for (const json::value& chunk : chunks->get_array()) {
      ++job.chunks;
      const json::value* status =
          chunk.is_object() ? chunk.get_object().if_contains("status") : nullptr;
      job.chunks_done += status && status->is_string() && status->get_string() == "completed";
    }
  }
  if (job.csv.empty() && job.chunks == 0) return fail("checkpoint.json says nothing of a job");
  return job;
}

}  // namespace usher::job
