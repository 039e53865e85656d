// SPDX-License-Identifier: Apache-2.0
#include "app/plan.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "source/csv_input.h"
#include "target/workos/checks.h"

namespace usher {
namespace {

constexpr std::int64_t kMostConcurrency = 100;
constexpr std::int64_t kUsualConcurrency = 10;
constexpr std::uint64_t kManyRows = 50'000;       // more than one worker pays off
constexpr std::uint64_t kVeryManyRows = 100'000;  // more requests at once do
constexpr unsigned kMostAdvisedWorkers = 4;

bool is_job(const JobChoice& job) {
  return !job.id.empty() || job.resume.has_value();
}

std::string lines(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

// --- what makes a plan invalid -----------------------------------------------------------------

void add_range(std::vector<std::string>& errors, std::string_view what, std::int64_t value,
               std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return;
  errors.push_back(fmt::format("{} must be between {} and {} (got {})", what, least, most, value));
}

void add_organization(std::vector<std::string>& errors, const MigrationWish& wish) {
  const bool id = !trim(wish.org.id).empty();
  const bool external_id = !trim(wish.org.external_id).empty();
  const bool name = !trim(wish.org.name).empty();
  if (id && external_id) errors.emplace_back("Cannot specify both org-id and org-external-id");
  if (id && name) errors.emplace_back("Cannot specify both org-id and org-name");
  if (id && (external_id || name)) return;
  if (wish.organization_missing) {
    errors.emplace_back("Single-org mode requires --org-id, --org-external-id, or --org-name");
    return;
  }
  const auto chosen = choose_organization(wish.org);
  if (!chosen) {
    errors.push_back(chosen.error().what);
  } else if (chosen->by == OrgRef::By::external_id) {
    if (auto problem = workos::external_id_problem("--org-external-id", chosen->value)) {
      errors.push_back(std::move(*problem));
    }
  }
}

std::vector<std::string> errors_of(const MigrationWish& wish, const MigrationFacts& facts) {
  std::vector<std::string> errors;
  add_organization(errors, wish);
  add_range(errors, "Concurrency", wish.concurrency, 1, kMostConcurrency);
  // What a job was made with is not up to this command line.
  if (wish.given.contains("--chunk-size")) {
    add_range(errors, "Chunk size", wish.job.chunk_size, job::kLeastChunk, job::kMostChunk);
  }
  add_range(errors, "Workers", wish.job.workers, 1, job::kMostWorkers);
  if (!wish.job.id.empty() && wish.job.resume) {
    errors.emplace_back("Cannot specify both --job-id and --resume (choose one)");
  }
  for (const auto* found : {&facts.errors, &wish.errors}) {
    for (const std::string& error : *found) {
      if (std::ranges::find(errors, error) == errors.end()) errors.push_back(error);
    }
  }
  return errors;
}

// --- what it warns of --------------------------------------------------------------------------

void warn_of_no_job(std::vector<std::string>& warnings, const MigrationWish& wish) {
  if (wish.job.workers > 1) {
    warnings.push_back(
        fmt::format("Workers set to {} but checkpoint mode not enabled. Workers require --job-id "
                    "or --resume.",
                    wish.job.workers));
  }
  for (const char* name : {"--chunk-size", "--checkpoint-dir"}) {
    if (!wish.given.contains(name)) continue;
    warnings.push_back(fmt::format("{} has no effect without --job-id or --resume.", name));
  }
}

void warn_of_rows(std::vector<std::string>& warnings, const MigrationWish& wish,
                  const MigrationPlan& plan) {
  if (plan.large() && !is_job(wish.job)) {
    warnings.push_back(
        fmt::format("Large import ({} rows) without checkpoint mode. Consider using "
                    "--job-id for resumability.",
                    with_commas(plan.rows_to_do)));
  }
  if (plan.rows && *plan.rows == 0) warnings.emplace_back("The CSV has no rows.");
  if (plan.rows_failing > 0) {
    const bool one = plan.rows_failing == 1;
    warnings.push_back(fmt::format(
        "{} cannot be imported as {} (see {}: {})", lines(plan.rows_failing, "row", "rows"),
        one ? "it is" : "they are", one ? "it" : "them", wish.check_command));
  }
}

std::vector<std::string> warnings_of(const MigrationWish& wish, const MigrationFacts& facts,
                                     const MigrationPlan& plan) {
  std::vector<std::string> warnings;
  if (!is_job(wish.job)) warn_of_no_job(warnings, wish);
  warn_of_rows(warnings, wish, plan);
  if (facts.input_changed) {
    warnings.emplace_back(
        "The CSV has changed since the job was made: rows that say the same and have succeeded are "
        "skipped, everything else is imported.");
  }
  if (facts.taken_over) {
    warnings.emplace_back(
        "The job is one of the existing toolkit: everybody is looked up in the API first, and what "
        "is there is left alone.");
  }
  warnings.insert(warnings.end(), wish.warnings.begin(), wish.warnings.end());
  return warnings;
}

std::vector<std::string> input_warnings_of(const MigrationWish& wish, const MigrationFacts& facts) {
  std::vector<std::string> warnings = facts.header_words;
  const std::uint64_t all = facts.survey ? facts.survey->warning_count : 0;
  if (all <= warnings.size()) return warnings;
  const std::uint64_t rows = all - warnings.size();
  warnings.push_back(fmt::format("{} about single rows (see {}: {})",
                                 lines(rows, "warning", "warnings"), rows == 1 ? "it" : "them",
                                 wish.check_command));
  return warnings;
}

// --- what it recommends ------------------------------------------------------------------------

std::vector<std::string> recommendations_of(const MigrationWish& wish, const MigrationPlan& plan) {
  std::vector<std::string> advice;
  const std::uint64_t rows = plan.rows_to_do;
  const bool job = is_job(wish.job);
  if (rows > MigrationPlan::kLarge && !job) {
    advice.emplace_back("Use --job-id for imports >10K rows to enable resumability");
  }
  const unsigned workers = std::min(std::max(wish.processors, 1U) - 1, kMostAdvisedWorkers);
  // The seed's sample has exactly 50,000 rows, and this advice.
  if (rows >= kManyRows && plan.workers == 1 && workers > 1) {
    advice.push_back(fmt::format("Use --workers {} for faster processing ({} CPUs available)",
                                 workers, wish.processors));
  }
  if (wish.errors_out.empty() && !job) {
    advice.emplace_back("Add --errors-out errors.jsonl to capture failures for retry");
  }
  if (plan.mode == Mode::multi_org) {
    advice.emplace_back("Multi-org mode uses organization caching for performance");
  }
  if (rows > kVeryManyRows && plan.concurrency == kUsualConcurrency) {
    advice.emplace_back("Consider increasing --concurrency for large imports (try 20-50)");
  }
  return advice;
}

// --- the plan ----------------------------------------------------------------------------------

std::uint64_t share(std::uint64_t count, std::uint64_t part, std::uint64_t whole) {
  if (part >= whole) return count;
  const double all = static_cast<double>(count) * static_cast<double>(part);
  return static_cast<std::uint64_t>(all / static_cast<double>(whole));
}

// Of a job that goes on, what is open is taken for a fair sample of the whole.
Work work_of(const Survey& survey, std::uint64_t rows_to_do) {
  const auto part = [&](std::uint64_t count) { return share(count, rows_to_do, survey.rows); };
  return {rows_to_do, part(survey.people), part(survey.memberships), part(survey.organizations),
          part(survey.creatable)};
}

void add_counts(MigrationPlan& plan, const MigrationWish& wish, const MigrationFacts& facts) {
  plan.duration = "N/A";
  if (!facts.survey) return;
  const Survey& survey = *facts.survey;
  plan.rows = survey.rows;
  plan.rows_done = std::min(facts.rows_done, survey.rows);
  plan.rows_to_do = survey.rows - plan.rows_done;
  plan.rows_failing = survey.failed;
  plan.work = work_of(survey, plan.rows_to_do);
  plan.estimate = estimate(plan.work, plan.concurrency, std::max<std::int64_t>(plan.workers, 1),
                           wish.options.rate_limit);
  if (plan.concurrency > 0) plan.duration = plan.estimate.in_words();
  if (plan.chunk_size && *plan.chunk_size > 0) {
    const auto size = static_cast<std::uint64_t>(*plan.chunk_size);
    plan.chunks = (survey.rows + size - 1) / size;
  }
}

std::optional<Mode> mode_of(const MigrationWish& wish, const MigrationFacts& facts) {
  if (facts.mode) return facts.mode;
  const OrgChoice& org = wish.org;
  const bool single = !org.id.empty() || !org.external_id.empty() || !org.name.empty();
  if (single || wish.organization_missing) return Mode::single_org;
  return std::nullopt;
}

void add_list(JsonWriter& out, std::string_view name, const std::vector<std::string>& first,
              const std::vector<std::string>& second = {}) {
  out.key(name).open_array();
  for (const auto* list : {&first, &second}) {
    for (const std::string& text : *list) out.value(text);
  }
  out.close_array();
}

void add_summary(JsonWriter& out, const MigrationPlan& plan) {
  out.key("summary").open_object().field("csvPath", plan.csv);
  out.key("totalRows");
  plan.rows ? out.value(*plan.rows) : out.null();
  out.field("rowsToDo", plan.rows_to_do).field("rowsFailing", plan.rows_failing);
  out.key("mode");
  plan.mode ? out.value(to_string(*plan.mode)) : out.null();
  out.field("hasCheckpoint", plan.has_checkpoint);
  out.field("estimatedDuration", plan.duration);
  if (plan.chunks) out.field("estimatedChunks", *plan.chunks);
  out.field("people", plan.work.users).field("memberships", plan.work.memberships);
  out.field("organizations", plan.work.organizations);
  out.field("writes", plan.work.writes());
  out.field("secondsByFormula", std::int64_t{std::llround(plan.estimate.by_formula)});
  out.field("secondsByLimits", std::int64_t{std::llround(plan.estimate.by_limits)});
  out.close_object();
}

}  // namespace

MigrationPlan make_plan(const MigrationWish& wish, const MigrationFacts& facts) {
  MigrationPlan plan;
  const bool job = is_job(wish.job);
  plan.csv = csv::name_of(wish.options.csv);
  plan.input_unusable = facts.input_unusable;
  plan.has_checkpoint = facts.resumed;
  plan.concurrency = wish.concurrency;
  plan.workers = job ? wish.job.workers : 1;
  if (job) plan.chunk_size = wish.job.chunk_size;
  plan.dry_run = wish.options.dry_run;
  plan.mode = mode_of(wish, facts);
  plan.command = wish.command;
  add_counts(plan, wish, facts);
  plan.errors = errors_of(wish, facts);
  plan.warnings = warnings_of(wish, facts, plan);
  plan.input_warnings = input_warnings_of(wish, facts);
  plan.valid = plan.errors.empty();
  plan.organization_missing = wish.organization_missing && plan.errors.size() == 1;
  if (plan.valid) plan.recommendations = recommendations_of(wish, plan);
  return plan;
}

MigrationPlan plan_migration(MigrationWish wish) {
  const MigrationFacts facts = look_into(wish);
  return make_plan(wish, facts);
}

std::string_view org_resolution(std::optional<Mode> mode) {
  if (!mode) return "by its columns";
  switch (*mode) {
    case Mode::user_only:
      return "none";
    case Mode::single_org:
      return "upfront";
    case Mode::multi_org:
      return "per-row";
  }
  return "none";
}

std::string to_json(const MigrationPlan& plan) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("valid", plan.valid);
  add_summary(out, plan);
  out.key("configuration").open_object().field("concurrency", plan.concurrency);
  out.field("workers", plan.workers);
  if (plan.chunk_size) out.field("chunkSize", *plan.chunk_size);
  out.field("orgResolution", org_resolution(plan.mode)).field("dryRun", plan.dry_run);
  out.close_object();
  out.key("validation").open_object();
  add_list(out, "errors", plan.errors);
  add_list(out, "warnings", plan.warnings, plan.input_warnings);
  out.close_object();
  add_list(out, "recommendations", plan.recommendations);
  out.field("command", plan.command).close_object();
  return text;
}

}  // namespace usher
