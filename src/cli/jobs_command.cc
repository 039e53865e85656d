// SPDX-License-Identifier: Apache-2.0
// usher jobs: the list, and a table of what can be done with one. Nothing here is locked, so that
// looking never disturbs a job at work. Tested by jobs_command_test.cc.
#include "cli/jobs_command.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/jobs.h"
#include "base/text.h"
#include "cli/find_job.h"
#include "cli/job_sheet.h"
#include "cli/job_words.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;

constexpr std::size_t kMostIds = 1000;

std::vector<std::string> exit_codes() {
  return {"0    it was told, or done", "2    it could not be (no such job, bad option, ...)"};
}

Manual list_manual() {
  return {
      "jobs",
      "list the jobs, and look at, watch or remove one",
      "A job is an import with --job-id, and every import of customers: it remembers everything in "
      "a folder of its own, and goes on with usher import-users --resume (usher import-customers "
      "--resume).",
      {{"All jobs, the latest first", "usher jobs"},
       {"For programs", "usher jobs --json | jq -r '.[] | select(.state == \"stopped\") | .id'"}},
      exit_codes(),
      {{"everything about a job, and what to do with it next", "show ID"},
       {"how far it is, until it has ended", "watch ID"},
       {"forget jobs: their folders, not what they have made", "remove ID..."}},
      "jobs"};
}

Manual show_manual() {
  return {"jobs show",
          "everything about a job",
          "What it was asked for, how its rows ended, its runs, its files, and what to do next.",
          {{"One job", "usher jobs show migration-2024-01-15"},
           {"For programs", "usher jobs show migration-2024-01-15 --json | jq .rows"}},
          exit_codes()};
}

Manual remove_manual() {
  return {
      "jobs remove",
      "forget jobs",
      "Removes the folder of a job: its store, checkpoint.json and errors.jsonl. What the job "
      "has made in the API stays. A job at work is refused; one with rows to do cannot go on "
      "any more.",
      {{"One job, after a question", "usher jobs remove migration-2024-01-15"},
       {"Several, in a script", "usher jobs remove spring summer --yes"}},
      {"0    removed, or left alone because the answer was no", "2    something was not removed"}};
}

void print(Output& output, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  output.write(text);
}

std::vector<job::Standing> look_at_all(const std::string& root, const Surroundings& around) {
  std::vector<job::Standing> jobs;
  for (const job::Folder& folder : around.jobs.list(root)) jobs.push_back(around.jobs.look(folder));
  return jobs;
}

int list_jobs(Arguments arguments, Surroundings& around) {
  JobsFlags flags;
  Options options(list_manual());
  declare_jobs(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (const Status readable = check_jobs_root(flags.root); !readable) {
    return could_not_run(options, around, readable.error());
  }
  const auto jobs = look_at_all(flags.root, around);
  if (flags.json) {
    std::string text = "[";
    for (const job::Standing& job : jobs) text += (text.size() > 1 ? ",\n " : "") + to_json(job);
    around.out.line(text + "]");
  } else if (jobs.empty()) {
    around.out.line(fmt::format("There is no job in {}.", printable(flags.root)));
    around.out.line(
        "  Start one: usher import-users --csv users.csv --job-id migration-2024-01-15");
  } else {
    print(around.out, job_list(jobs, around.clock().wall));
  }
  return kExitGood;
}

int show_job(Arguments arguments, Surroundings& around) {
  JobsFlags flags;
  std::vector<std::string> ids;
  Options options(show_manual());
  options.words("ID", 1, 1, ids);
  declare_jobs(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  const auto folder = find_job(flags.root, ids.front(), around);
  if (!folder) return could_not_run(options, around, folder.error());
  const job::Standing job = around.jobs.look(*folder);
  if (flags.json) {
    around.out.line(to_json(job));
  } else {
    print(around.out, job_sheet(job, flags.root, around.clock().wall));
  }
  return job.state == State::unreadable ? kExitCouldNotRun : kExitGood;
}

// --- remove ------------------------------------------------------------------------------------

std::string loss_in_words(const job::Standing& job) {
  std::string text = "  " + job.id + ": " + std::string(to_string(job.state));
  if (job.state == State::foreign || job.state == State::unreadable) return text;
  text += ", " + rows_in_words(job.rows, things_of(job));
  if (job.rows.pending() > 0 && job.state != State::dry_run) {
    text += fmt::format("; {} to do cannot go on any more", with_commas(job.rows.pending()));
  }
  return text;
}

// Nothing: nobody is there to answer.
std::optional<bool> is_sure(const std::vector<job::Folder>& folders, Surroundings& around) {
  std::string question =
      folders.size() == 1 ? "Remove this job?\n" : fmt::format("Remove {} jobs?\n", folders.size());
  for (const job::Folder& folder : folders) {
    question += loss_in_words(around.jobs.look(folder)) + "\n";
  }
  question += "What they have made in the API stays. [y/N] ";
  const Answer answer = around.ask(question);
  if (answer.kind == Answer::Kind::nobody) return std::nullopt;
  const std::string word = lower_ascii(trim(answer.text));
  return word == "y" || word == "yes";
}

int remove_jobs(Arguments arguments, Surroundings& around) {
  JobsFlags flags;
  std::vector<std::string> ids;
  bool yes = false;
  Options options(remove_manual());
  options.words("ID...", 1, kMostIds, ids);
  declare_jobs(options, flags, false);
  options.flag("--yes,-y", "do not ask", yes);
  if (const auto done = read_options(options, arguments, around)) return *done;
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  std::vector<job::Folder> folders;
  for (const std::string& id : ids) {
    auto folder = find_job(flags.root, id, around);
    if (!folder) return could_not_run(options, around, folder.error());
    folders.push_back(std::move(*folder));
  }
  if (!yes) {
    const auto sure = is_sure(folders, around);
    if (!sure) {
      return could_not_run(options, around,
                           {"nobody is here to be asked", "to remove it: add --yes"});
    }
    if (!*sure) {
      around.err.line("Nothing was removed.");
      return kExitGood;
    }
  }
  int code = kExitGood;
  for (const job::Folder& folder : folders) {
    if (const Status removed = around.jobs.remove(folder); !removed) {
      code = could_not_run(options, around, removed.error());
    } else {
      around.out.line("Removed " + folder.id());
    }
  }
  return code;
}

struct Part {
  std::string_view name;
  int (*run)(Arguments arguments, Surroundings& around);
};

constexpr std::array kParts = {Part{"list", list_jobs}, Part{"show", show_job},
                               Part{"watch", watch_job_command}, Part{"remove", remove_jobs}};

int unknown_part(const std::string& word, Surroundings& around) {
  std::vector<std::string> names;
  names.reserve(kParts.size());
  for (const Part& part : kParts) names.emplace_back(part.name);
  const std::string meant = nearest(word, names);
  std::string hint = meant.empty() ? "" : " (did you mean " + meant + "?)";
  if (job::check_id(word)) {
    for (const job::Folder& folder : around.jobs.list(std::string(job::kDefaultRoot))) {
      if (folder.id() == word) hint = fmt::format(" (did you mean show {}?)", word);
    }
  }
  around.err.line(fmt::format("usher jobs: unknown command {}{}", printable(word), hint));
  around.err.line("All commands: usher jobs --help");
  return kExitCouldNotRun;
}

}  // namespace

void declare_jobs(Options& options, JobsFlags& flags, bool with_json) {
  options.once("--checkpoint-dir", "DIR", "where jobs are (default .workos-checkpoints)",
               [&flags](std::string_view text) -> Status {
                 if (trim(text).empty()) return fail("--checkpoint-dir is empty");
                 flags.root = text;
                 return {};
               });
  if (with_json) options.flag("--json", "for programs", flags.json);
}

int jobs_command(Arguments arguments, Surroundings& around) {
  if (arguments.empty() || arguments.front().starts_with('-')) return list_jobs(arguments, around);
  const auto* part = std::ranges::find(kParts, arguments.front(), &Part::name);
  if (part == kParts.end()) return unknown_part(arguments.front(), around);
  return part->run(arguments.subspan(1), around);
}

}  // namespace usher::cli
