// SPDX-License-Identifier: Apache-2.0
#include "cli/import_job.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/find_job.h"

namespace usher::cli {
namespace {

// The import that a dry run of a new job was for.
std::string line_for_real(std::string_view command, const ImportJob& job, const Given& given) {
  if (job.request.resume) return {};
  return CommandLine(command).all_but(given, {"--dry-run"}).text();
}

}  // namespace

void declare_number(Options& options, Judge judge, std::string_view name, std::string help,
                    std::int64_t least, std::int64_t most, std::int64_t& target) {
  if (judge == Judge::options) {
    options.number(name, "N", std::move(help), least, most, target);
    return;
  }
  options.once(name, "N", std::move(help), [&target](std::string_view text) -> Status {
    const auto number = parse_int(text);
    if (!number) {
      return fail(fmt::format("must be a whole number (got \"{}\")", printable(text, 40)));
    }
    target = *number;
    return {};
  });
}

void declare_job(Options& options, JobChoice& choice, Judge judge) {
  options.heading("A job, which survives everything and can go on")
      .once("--job-id", "ID", "a new job of this name, in a folder of its own",
            [&choice](std::string_view text) -> Status {
              USHER_TRY(job::check_id(text));
              choice.id = text;
              return {};
            })
      .maybe("--resume", "[ID]",
             "go on with this job, or with the one that was used last: what is open, and what has "
             "failed; --csv is only needed for a repaired file",
             [&choice](std::optional<std::string_view> text) -> Status {
               if (text) USHER_TRY(job::check_id(*text));
               choice.resume = text.value_or("");
               return {};
             });
  declare_number(options, judge, "--workers", "processes that share the work, 1 to 32 (default 1)",
                 1, job::kMostWorkers, choice.workers);
  declare_number(options, judge, "--chunk-size",
                 "rows after which progress is told, 100 to 10000 (default 1000)", job::kLeastChunk,
                 job::kMostChunk, choice.chunk_size);
  options.once("--checkpoint-dir", "DIR", "where jobs are (default .workos-checkpoints)",
               [&choice](std::string_view text) -> Status {
                 if (trim(text).empty()) return fail("--checkpoint-dir is empty");
                 choice.root = text;
                 return {};
               });
}

Result<std::optional<ImportJob>> wanted_job(const JobChoice& choice, const Given& given) {
  std::set<std::string> names;
  for (const auto& [name, value] : given) names.insert(name);
  USHER_TRY_ASSIGN(auto request, choose_job(choice, std::move(names)));
  if (!request) return std::nullopt;
  return ImportJob{std::move(*request), std::nullopt};
}

Status look_up(ImportJob& job, const Surroundings& around) {
  if (!job.request.resume) return {};
  auto found = job.request.id.empty() ? latest_job(job.request.root, around)
                                      : find_job(job.request.root, job.request.id, around);
  if (!found) return std::unexpected(found.error());
  job.request.id = found->id();
  // What cannot be looked at may be of another toolkit, or be mended by opening it: the run
  // decides.
  if (auto plan = around.jobs.plan(*found)) job.plan = std::move(*plan);
  return {};
}

Status check_address(const job::Plan& plan, const Settings& settings) {
  const std::string& home = plan.options.api_url;
  USHER_TRY_ASSIGN(const Secret set, settings.find("WORKOS_API_URL"));
  if (set.empty()) return {};
  const auto elsewhere = settings.api_url("", true);
  if (elsewhere && *elsewhere == home) return {};
  return fail(fmt::format("the job {} goes to {}, but WORKOS_API_URL is {}", plan.id,
                          printable(home), printable(elsewhere ? *elsewhere : set.reveal())),
              fmt::format("go on where it was begun: add --api-url {}; for another API, start "
                          "another job with --job-id",
                          printable(home)));
}

std::optional<JobEnding> job_ending(std::string_view command, const ImportJob& job,
                                    const Given& given, const UserImportReport& report,
                                    const Narrator& narrator) {
  const std::optional<JobStart>& opened = narrator.job();
  if (!opened) return std::nullopt;
  const JobStart& start = *opened;
  const job::Folder folder(job.request.root, start.id);
  JobEnding ending;
  ending.id = start.id;
  ending.root = job.request.root;
  ending.errors_path = folder.errors();
  ending.resume =
      resume_line(CommandLine(command).option("--resume", start.id), given, job.request.resume);
  if (report.dry_run) ending.for_real = line_for_real(command, job, given);
  ending.rows_earlier = start.rows_done;
  ending.chunks = start.chunks;
  // The end is told by the rows: the last progress may be older.
  const bool all = report.tally.rows.not_tried == 0;
  ending.chunks_done = all ? start.chunks : narrator.chunks_done();
  return ending;
}

}  // namespace usher::cli
