// SPDX-License-Identifier: Apache-2.0
#include "app/jobs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "run/customers/job.h"
#include "run/job/opening.h"

namespace usher {
namespace {

constexpr std::string_view kNeedsJob = " requires --job-id or --resume";

// "failed rows" as one word, as values of JSON usually are.
std::string word(std::string_view text) {
  std::string result(text);
  std::ranges::replace(result, ' ', '-');
  return result;
}

void add(JsonWriter& out, std::string_view name, const StepCounts& steps) {
  out.key(name).open_object().field("created", steps.created);
  out.field("alreadyThere", steps.already_there).field("updated", steps.updated);
  out.field("failed", steps.failed).field("inDoubt", steps.open).close_object();
}

void add_counts(JsonWriter& out, const job::Standing& standing) {
  const RowCounts& rows = standing.rows;
  out.key("rows").open_object().field("total", rows.total).field("created", rows.created);
  out.field("alreadyThere", rows.unchanged).field("failed", rows.failed);
  out.field("toDo", rows.pending()).close_object();
  add(out, "users", standing.users);
  add(out, "memberships", standing.memberships);
  add(out, "organizations", standing.organizations);
}

void add_plan(JsonWriter& out, const job::Plan& plan) {
  out.field("made", to_iso8601(plan.created)).field("dryRun", plan.options.dry_run);
  out.field("mode", to_string(plan.mode)).field("apiUrl", plan.options.api_url);
  out.field("csv", plan.csv.path).field("csvHash", plan.csv.sha256);
  out.field("roleMapping", plan.role_mapping.path);
  out.field("workers", plan.workers).field("concurrency", plan.options.concurrency);
}

void add_customers(JsonWriter& out, const customers::Standing& job) {
  const customers::Plan& plan = job.plan;
  out.field("made", to_iso8601(plan.created)).field("type", to_string(plan.endpoint.type));
  out.field("apiUrl", plan.endpoint.api_url).field("mode", to_string(plan.endpoint.platform));
  out.field("environment", to_string(plan.endpoint.environment)).field("profile", plan.profile);
  out.key("inputs").open_array();
  for (const std::string& path : plan.paths) out.value(path);
  out.close_array()
      .field("batches", plan.batches)
      .field("batchSize", std::uint64_t{plan.pace.batch_size});
  out.field("retryFolder", plan.retry_folder);
  const customers::ItemCounts& counts = job.counts;
  out.key("items").open_object().field("total", counts.total()).field("arrived", counts.there());
  out.field("echoes", counts.echoes).field("failed", counts.failed);
  out.field("invalid", counts.invalid).field("unconfirmed", counts.unconfirmed);
  out.field("notSent", counts.pending).close_object();
}

void add_runs(JsonWriter& out, const std::vector<RunRecord>& runs) {
  out.key("runs").open_array();
  for (const RunRecord& run : runs) {
    out.open_object().field("number", std::uint64_t{run.number});
    out.field("began", to_iso8601(run.began)).key("ended");
    if (run.ended) {
      out.value(to_iso8601(*run.ended));
    } else {
      out.null();
    }
    out.field("end", run.end).field("workers", run.workers).close_object();
  }
  out.close_array();
}

void add_holder(JsonWriter& out, const std::optional<job::Holder>& holder) {
  out.key("holder");
  if (!holder) {
    out.null();
    return;
  }
  out.open_object().field("process", holder->process).field("host", holder->host);
  out.field("since", holder->since).close_object();
}

}  // namespace

Result<std::optional<job::Request>> choose_job(const JobChoice& choice,
                                               std::set<std::string> given) {
  const bool any = !choice.id.empty() || choice.resume;
  if (!any) {
    // The words that people who come from the existing toolkit know.
    if (choice.workers > 1) {
      return fail("--workers" + std::string(kNeedsJob) + " (checkpoint mode)");
    }
    for (const char* name : {"--chunk-size", "--checkpoint-dir"}) {
      if (given.contains(name)) return fail(name + std::string(kNeedsJob));
    }
    return std::nullopt;
  }
  if (!choice.id.empty() && choice.resume) {
    return fail("Cannot specify both --job-id and --resume (choose one)");
  }
  job::Request request;
  request.root = choice.root;
  request.id = choice.resume.value_or(choice.id);
  request.resume = choice.resume.has_value();
  request.chunk_size = static_cast<std::uint32_t>(choice.chunk_size);
  request.workers = static_cast<int>(choice.workers);
  request.given = std::move(given);
  return request;
}

Status check_jobs_root(const std::string& root) {
  std::error_code error;
  const std::filesystem::directory_iterator at(root, error);
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return std::unexpected(system_error("cannot list the jobs", root, error.value()));
}

Result<job::Plan> plan_of_job(const job::Folder& folder) {
  USHER_TRY_ASSIGN(const auto store, JobStore::look(folder.store()));
  return job::read_plan(*store, folder);
}

namespace {

job::Standing::State state_of(const job::Standing& job) {
  using State = job::Standing::State;
  if (job.holder) return State::running;
  if (job.runs.empty()) return State::made;
  if (job.rows.pending() > 0) return State::stopped;
  return job.rows.failed > 0 ? State::failed_rows : State::done;
}

}  // namespace

job::Standing look_at_job(const job::Folder& folder) {
  job::Standing job = job::look(folder);
  if (!customers::is_customer_job(folder)) return job;
  auto found = customers::look(folder);
  if (!found) {
    job.state = job::Standing::State::unreadable;
    job.problem = std::move(found.error());
    return job;
  }
  const customers::ItemCounts& counts = found->counts;
  job.problem = {};
  job.rows = {};
  job.rows.total = counts.total();
  job.rows.created = counts.there();
  job.rows.failed = counts.failed + counts.unconfirmed - counts.in_doubt;
  job.runs = found->runs;
  job.plan.created = found->plan.created;
  job.state = state_of(job);
  job.customers = std::make_shared<const customers::Standing>(std::move(*found));
  return job;
}

std::string to_json(const job::Standing& standing) {
  using State = job::Standing::State;
  std::string text;
  JsonWriter out(text);
  out.open_object().field("id", standing.id).field("folder", standing.folder);
  out.field("kind", standing.customers ? "customers" : "users");
  out.field("state", word(to_string(standing.state)));
  out.field("bytes", standing.bytes).field("lastUsed", to_iso8601(standing.used));
  add_holder(out, standing.holder);
  if (standing.state == State::unreadable) {
    out.field("problem", standing.problem.what).field("next", standing.problem.next);
  } else if (standing.customers) {
    add_customers(out, *standing.customers);
    add_runs(out, standing.runs);
  } else if (standing.state != State::foreign) {
    add_plan(out, standing.plan);
    out.key("chunks").open_object().field("total", standing.plan.chunks());
    out.field("done", standing.chunks_done);
    out.field("size", std::uint64_t{standing.plan.chunk_size}).close_object();
    add_counts(out, standing);
    add_runs(out, standing.runs);
  }
  out.close_object();
  return text;
}

}  // namespace usher
