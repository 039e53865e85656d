// SPDX-License-Identifier: Apache-2.0
// usher orchestrate-migration: the plan, the questions, and the same undertaking as usher
// import-users. Tested by orchestrate_command_test.cc and tests/scenarios.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/import_flags.h"
#include "cli/plan_words.h"
#include "cli/retry_lines.h"
#include "cli/undertaking.h"
#include "source/csv_input.h"

namespace usher::cli {
namespace {

constexpr std::string_view kCommand = "orchestrate-migration";
constexpr int kInterrupted = 130;
constexpr int kMostQuestions = 3;         // about one thing
constexpr std::size_t kMostShown = 4096;  // bytes of an error with a path

struct Flags {
  ImportFlags import;
  bool plan = false;
  bool yes = false;
  bool json = false;
};

Manual manual() {
  return {
      std::string(kCommand),
      "plan an import, check its configuration, and carry it out",
      "With --plan: what the import would do, how long it would take and what stands in its way, "
      "without a request and without changing anything. Without --plan: the same checks, then the "
      "import, with a question before more than 10,000 rows.\n\n"
      "Everybody joins one organization when an option names it (single-org); else each row names "
      "its own by org_id, org_external_id or org_name (multi-org); without such columns people "
      "join none (user-only).",
      {{"What would happen, and how long it would take",
        "usher orchestrate-migration --csv users.csv --plan"},
       {"Everybody into one organization",
        "usher orchestrate-migration --csv users.csv --org-id org_123"},
       {"A large one, which can go on after any interruption",
        "usher orchestrate-migration --csv users.csv --job-id my-migration --workers 4 "
        "--errors-out errors.jsonl"},
       {"Go on with it, and try again what has failed",
        "usher orchestrate-migration --csv users.csv --resume my-migration"},
       {"In a script", "usher orchestrate-migration --csv users.csv --org-id org_123 --yes"}},
      {"0    the plan is valid, or all rows succeeded",
       "1    the plan is invalid, or some rows failed",
       "2    it could not run, or had to stop (bad option, file not found, key refused, ...)",
       "130  interrupted, or declined; what was done is kept"},
      {},
      "orchestrate"};
}

void declare(Options& options, Flags& flags) {
  declare_import(options, flags.import, Judge::plan);
  options.heading("Planning and asking")
      .flag("--plan", "only the plan: nothing is sent, nothing is changed", flags.plan)
      .flag("--yes,-y",
            "ask nothing, for scripts: a large import begins, a missing organization "
            "is an error",
            flags.yes)
      .flag("--json",
            "the plan, or how the import ended, as one JSON object on the standard "
            "output; words go to the standard error",
            flags.json);
}

// Single-org is meant, and nothing says which: the variable of a script was empty, say.
bool lacks_organization(const OrgChoice& org, const Given& given) {
  const auto blank = [](const std::string& text) { return trim(text).empty(); };
  if (!blank(org.id) || !blank(org.external_id) || !blank(org.name)) return false;
  return org.create_if_missing || given.contains("--org-id") ||
         given.contains("--org-external-id") || given.contains("--org-name");
}

class Orchestration {
 public:
  Orchestration(Flags& flags, const Options& options, Arguments arguments, Surroundings& around)
      : flags_(flags),
        options_(options),
        arguments_(arguments),
        around_(around),
        words_(flags.json ? around.err : around.out) {}

  int run() {
    all_.command = kCommand;
    all_.given = options_.given();
    if (const Status fine = prepare(); !fine) return usage_error(options_, around_, fine.error());
    return flags_.plan ? show_plan() : execute();
  }

 private:
  [[nodiscard]] bool has_job() const {
    return !flags_.import.job.id.empty() || flags_.import.job.resume.has_value();
  }

  // As it was typed, or as the job knows it.
  [[nodiscard]] std::string input() const {
    if (!flags_.import.csv.empty() || !all_.job || !all_.job->plan) return flags_.import.csv;
    return all_.job->plan->csv.path;
  }

  // --- what is wished --------------------------------------------------------------------------

  Status prepare() {
    wish_.given.clear();
    for (const auto& [name, value] : all_.given) wish_.given.insert(name);
    ImportFlags& flags = flags_.import;
    wish_.job = flags.job;
    wish_.concurrency = flags.concurrency;
    wish_.errors_out = flags.errors_out;
    wish_.processors = around_.processors;
    wish_.organization_missing = lacks_organization(flags.org, all_.given);
    if (!has_job()) forget_job_options();
    auto job = wanted_job(flags.job, all_.given);
    if (job) all_.job = std::move(*job);  // else the plan says why not
    USHER_TRY(check_inputs(flags, all_.job));
    USHER_TRY_ASSIGN(all_.options, plain_options(flags));
    take_organization();
    wish_.options = all_.options;
    wish_.command = line_without_plan();
    all_.again = wish_.command;
    if (all_.job) static_cast<void>(look_up(*all_.job, around_));  // the plan says what is wrong
    wish_.check_command = CommandLine("validate-csv").option("--csv", input()).text();
    if (const Status known = add_address(all_, flags, around_); !known) {
      const Error& error = known.error();
      wish_.errors.push_back(error.next.empty() ? error.what
                                                : fmt::format("{} ({})", error.what, error.next));
    }
    wish_.options.api_url = all_.options.api_url;
    return {};
  }

  // Without a job they mean nothing: the plan warns, and the import goes on without them.
  void forget_job_options() {
    flags_.import.job = JobChoice{};
    for (const char* name : {"--workers", "--chunk-size", "--checkpoint-dir"}) {
      all_.given.erase(name);
    }
  }

  void take_organization() {
    wish_.org = flags_.import.org;
    if (auto chosen = choose_organization(flags_.import.org)) {
      all_.options.single_org = std::move(*chosen);
    }
  }

  [[nodiscard]] std::string line_without_plan() const {
    std::vector<std::string> words;
    std::ranges::copy_if(arguments_, std::back_inserter(words),
                         [](const std::string& word) { return word != "--plan"; });
    return line_again(kCommand, words);
  }

  // --- the plan --------------------------------------------------------------------------------

  int show_plan() {
    Undertaking keyed = all_;
    if (const Status key = add_key(keyed, around_); !key) {
      wish_.warnings.push_back(key.error().what + " (the plan needs no key, the import does)");
    }
    wish_.may_use_up_input = true;
    const MigrationPlan plan = around_.plan(wish_);
    if (flags_.json) {
      around_.out.line(to_json(plan));
    } else if (plan.input_unusable) {
      return refuse(plan);
    } else {
      print_lines(around_.out, plan_lines(plan, flags_.import.quiet));
    }
    if (plan.valid) return kExitGood;
    return plan.input_unusable ? kExitCouldNotRun : kExitSomeFailed;
  }

  // --- the import ------------------------------------------------------------------------------

  int execute() {
    if (const Status key = add_key(all_, around_); !key) return give_up(key.error().line());
    MigrationPlan plan = around_.plan(wish_);
    if (plan.organization_missing && !flags_.yes) {
      if (const auto ended = ask_for_organization()) return *ended;
      plan = around_.plan(wish_);
    }
    if (!plan.valid) return refuse(plan);
    if (!flags_.import.quiet) {
      print_lines(words_, header_lines(plan));
      print_lines(words_, warning_lines(plan.warnings));
    }
    if (plan.large() && !plan.dry_run && !flags_.yes) {
      if (const auto ended = ask_to_proceed(plan)) return *ended;
    }
    auto log = prepare_log(all_, flags_.import, around_);
    if (!log) return give_up(log.error().line());
    if (!flags_.import.quiet) {
      words_.write(plan.dry_run ? "\nStarting dry run...\n\n" : "\nStarting import...\n\n");
    }
    return carry_out(*log);
  }

  int carry_out(std::optional<ErrorLog>& log) {
    all_.summary_to = &words_;
    all_.close = [this](const Ending& ending) { close(ending); };
    const Outcome outcome = cli::carry_out(all_, flags_.import, log, around_);
    if (flags_.json) {
      Execution told{outcome.code, outcome.ending ? &*outcome.ending : nullptr, "",
                     outcome.problem.what};
      if (outcome.ending && outcome.code != kExitGood) told.retry = retry(*outcome.ending);
      around_.out.line(to_json(told));
    }
    return outcome.code;
  }

  int refuse(const MigrationPlan& plan) {
    if (plan.input_unusable && plan.errors.size() == 1) return give_up(plan.errors.front());
    std::string text = "Migration plan is invalid";
    if (plan.errors.size() == 1)
      return give_up(text + ": " + printable(plan.errors.front(), kMostShown));
    for (const std::string& error : plan.errors) text += "\n  • " + printable(error, kMostShown);
    return give_up(text);
  }

  int give_up(const std::string& why, int code = kExitCouldNotRun) {
    around_.err.line(fmt::format("usher {}: {}", kCommand, why));
    return tell_end(code, why);
  }

  int cancel() {
    words_.line("Import cancelled");
    return tell_end(kInterrupted, "Import cancelled");
  }

  int tell_end(int code, const std::string& why) {
    if (flags_.json) around_.out.line(to_json(Execution{code, nullptr, "", why}));
    return code;
  }

  // --- questions -------------------------------------------------------------------------------

  // The standard input cannot both be read as a CSV and answer.
  Answer ask(const std::string& question) {
    if (csv::is_standard_input(flags_.import.csv)) return {};
    return around_.ask(question);
  }

  std::optional<int> ask_for_organization() {
    for (int i = 0; i < kMostQuestions; ++i) {
      const Answer answer = ask(organization_question());
      if (answer.kind == Answer::Kind::nobody) {
        return give_up(
            "Single-org mode requires an organization, and there is no terminal to ask on: add "
            "--org-id ID");
      }
      if (answer.kind == Answer::Kind::left) return cancel();
      const std::string_view id = trim(answer.text);
      if (id.empty()) continue;
      answer_organization(std::string(id));
      return std::nullopt;
    }
    return cancel();
  }

  void answer_organization(const std::string& id) {
    for (const char* name :
         {"--org-external-id", "--org-name", "--create-org-if-missing", "--org-id"}) {
      all_.given.erase(name);
    }
    all_.given["--org-id"] = id;
    flags_.import.org = OrgChoice{id, "", "", false};
    wish_.organization_missing = false;
    take_organization();
    all_.again = CommandLine(kCommand).all_but(all_.given, {}).text();
  }

  std::optional<int> ask_to_proceed(const MigrationPlan& plan) {
    for (int i = 0; i < kMostQuestions; ++i) {
      const Answer answer = ask(large_import_question(plan));
      if (answer.kind == Answer::Kind::nobody) {
        return give_up(fmt::format(
            "{} rows are to be imported, and there is no terminal to confirm it on: add --yes",
            with_commas(plan.rows_to_do)));
      }
      if (answer.kind == Answer::Kind::left) return cancel();
      const std::string word = lower_ascii(trim(answer.text));
      if (word.empty() || word == "y" || word == "yes") return std::nullopt;
      if (word == "n" || word == "no") return cancel();
    }
    return cancel();
  }

  // --- the end ---------------------------------------------------------------------------------

  // Goes on with the job, or does it all again.
  [[nodiscard]] std::string retry(const Ending& ending) const {
    if (!ending.job) {
      Given given = all_.given;
      if (ending.errors_path.empty()) given["--errors-out"] = "errors.jsonl";
      return CommandLine("import-users").all_but(given, {"--yes", "--json"}).text();
    }
    const job::Plan* plan = all_.job && all_.job->plan ? &*all_.job->plan : nullptr;
    CommandLine line(kCommand);
    if (const std::string csv = input(); !csv.empty()) line.option("--csv", csv);
    line.option("--resume", ending.job->id);
    Given given = all_.given;
    const bool typed = given.erase("--workers") > 0;
    const std::int64_t workers =
        typed || plan == nullptr ? flags_.import.job.workers : plan->workers;
    if (typed || workers > 1) line.option("--workers", std::to_string(workers));
    return resume_line(line, given, flags_.import.job.resume.has_value());
  }

  void close(const Ending& ending) {
    const UserImportReport& report = ending.report;
    const bool quiet = flags_.import.quiet;
    const std::string says = verdict(report);
    if (!says.empty()) words_.write("\n" + says + "\n");
    if (quiet && !says.empty()) return;
    if (!says.empty() && report.tally.rows.failed > 0 && !report.dry_run) {
      print_lines(words_, failure_lines(ending, retry(ending)));
      return;
    }
    Ending mine = ending;
    if (mine.job) mine.job->resume = retry(ending);
    print_lines(around_.err, next_steps(mine));
  }

  Flags& flags_;
  const Options& options_;
  Arguments arguments_;
  Surroundings& around_;
  Output& words_;
  Undertaking all_;
  MigrationWish wish_;
};

}  // namespace

int orchestrate_migration_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  Options options(manual());
  declare(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  return Orchestration(flags, options, arguments, around).run();
}

}  // namespace usher::cli
