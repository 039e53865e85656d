// SPDX-License-Identifier: Apache-2.0
// usher import-customers: from flags to a check or a run, and from its report to words and an exit
// code. Tested by command_test.cc and tests/scenarios.
#include "cli/command.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/customers/flags.h"
#include "cli/customers/narrator.h"
#include "cli/customers/words.h"
#include "cli/signals.h"

namespace usher::cli {
namespace {

using customers::Report;

constexpr std::size_t kMostFindings = 100;
constexpr int kInterrupted = 130;

Manual manual() {
  return {
      "import-customers",
      "post customers or households to the customer API, in batches",
      "Reads JSON files ({\"data\": [...]}, {\"households\": [...]}, an export with \"customers\", "
      "or a list), folders of them, and CSV files with --csv-mapping. Every item is checked first, "
      "and goes out byte for byte as it stands in the file.\n\n"
      "What does not arrive, for whatever reason, is in retry_batches_YYYYMMDD_HHMMSS/ from the "
      "first failure on: files that can be imported as they are, retry_summary.json and "
      "RETRY_INSTRUCTIONS.md. Every import is a job: killed at any moment, it goes on with "
      "--resume.\n\n"
      "Log in with USHER_CUSTOMER_USER and USHER_CUSTOMER_PASSWORD (and USHER_CUSTOMER_CLIENT_ID, "
      "for c4r also USHER_CUSTOMER_CLIENT_SECRET), or give a token in USHER_CUSTOMER_TOKEN; or "
      "keep all of it in a profile.",
      {{"What is wrong with the files, before anything is sent",
        "usher import-customers customers.json --check"},
       {"Import a folder, with a token",
        "USHER_CUSTOMER_TOKEN=... usher import-customers batches/ --api-url "
        "https://example.test/import/v1 --mode engage"},
       {"With a profile, carefully, in production",
        "usher import-customers customers.json --profile shop --environment production --preset "
        "conservative"},
       {"Import what has not arrived", "usher import-customers retry_batches_20250703_143022/"},
       {"Go on after an interruption", "usher import-customers --resume"}},
      {"0    all of them arrived (--check: nothing wrong)",
       "1    some did not; retry files are written (--check: errors found)",
       "2    it could not run, or had to stop (bad option, unusable file, login rejected, ...)",
       "130  interrupted; what was done is kept, and the rest is in retry files"},
      {},
      "customers"};
}

void print(Output& output, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  output.write(text);
}

class Command {
 public:
  Command(Options& options, const CustomerFlags& flags, Surroundings& around)
      : options_(options), flags_(flags), around_(around) {
    if (!around.catch_signals) return;
    auto installed = StopSignals::install();
    if (installed) signals_.emplace(std::move(*installed));
  }

  int check() {
    const auto checked = around_.customers.check(wish_of(flags_), stop_fd());
    if (!checked) return could_not(checked.error());
    if (flags_.json) {
      around_.out.line(to_json(*checked));
    } else {
      print(around_.out, check_lines(*checked, flags_.quiet ? 0 : kMostFindings));
    }
    return checked->report.errors == 0 ? kExitGood : kExitSomeFailed;
  }

  int import() {
    const auto origins = customers::origins_of(flags_.paths);
    if (!origins) return could_not_run(options_, around_, origins.error());
    std::vector<std::string> notes;
    const auto request = request_of(flags_, *origins, around_, notes);
    if (!request) return could_not_run(options_, around_, request.error());
    if (!flags_.quiet && !flags_.json) print(around_.err, notes);
    CustomerNarrator narrator = narrate(*request);
    const auto report =
        around_.customers.import_new(*request, wish_of(flags_), narrator, stop_fd());
    return ended(report, *request, narrator);
  }

  int resume() {
    const auto job = around_.customers.find(flags_.root, flags_.resume.value_or(""));
    if (!job) return could_not_run(options_, around_, job.error());
    const auto request = request_to_resume(flags_, options_, *job, around_);
    if (!request) return could_not_run(options_, around_, request.error());
    CustomerNarrator narrator = narrate(*request);
    const auto report = around_.customers.resume(*request, narrator, stop_fd());
    return ended(report, *request, narrator);
  }

 private:
  // Whoever interrupts the reading of the inputs wants no error.
  [[nodiscard]] int could_not(const Error& error) {
    if (!signals_ || StopSignals::seen() == 0) return could_not_run(options_, around_, error);
    static_cast<void>(could_not_run(options_, around_, {"interrupted; nothing was sent"}));
    return kInterrupted;
  }

  [[nodiscard]] int stop_fd() const { return signals_ ? signals_->fd() : -1; }

  static std::string target_of(const customers::Plan& plan) {
    return fmt::format("{} ({})", plan.endpoint.api_url, mode_of(plan));
  }

  static std::string mode_of(const customers::Plan& plan) {
    return fmt::format("{}, {}", to_string(plan.endpoint.platform),
                       to_string(plan.endpoint.environment));
  }

  CustomerNarrator narrate(const customers::Request& request) {
    return {{target_of(request.plan), pace_in_words(request.plan.pace), flags_.quiet || flags_.json,
             !flags_.json, signals_ ? StopSignals::seen : nullptr},
            around_.err,
            around_.looks(around_.err)};
  }

  // What a line to paste must say again beside the retry folder.
  [[nodiscard]] std::string repeated(const customers::Plan& plan) const {
    std::vector<std::string> words;
    const auto say = [&](const char* name, const std::string& value) {
      if (!value.empty()) words.insert(words.end(), {name, value});
    };
    say("--profile", plan.profile);
    say("--profiles", plan.profiles);
    if (plan.endpoint.environment == customers::Environment::production) {
      say("--environment", "production");
    }
    if (plan.profile.empty()) say("--auth-url", flags_.target.auth_url);
    if (flags_.root != job::kDefaultRoot) say("--checkpoint-dir", flags_.root);
    if (plan.endpoint.allow_plaintext) words.emplace_back("--allow-http");
    return words.empty() ? "" : " " + shell_line(words);
  }

  // The environment may name another address, against which this one was typed.
  [[nodiscard]] std::string repeated_to_resume(const customers::Plan& plan) const {
    const bool contradicted = !around_.variable(customers::kApiUrlSetting).empty();
    if (flags_.target.api_url.empty() || !contradicted) return {};
    return " " + shell_line(std::vector<std::string>{"--api-url", plan.endpoint.api_url});
  }

  int ended(const Result<Report>& report, const customers::Request& request,
            CustomerNarrator& narrator) {
    narrator.finish();
    if (!report) return could_not(report.error());
    const auto& checked = narrator.check();
    if (flags_.json) {
      around_.out.line(to_json(*report, checked ? &*checked : nullptr));
      return exit_code(*report);
    }
    const auto type = checked ? checked->type : request.plan.endpoint.type;
    const CustomerEnding ending{*report,
                                type,
                                request.plan.endpoint.api_url,
                                mode_of(request.plan),
                                inputs_in_words(flags_.resume ? request.plan.paths : flags_.paths),
                                flags_.root,
                                repeated(request.plan),
                                repeated_to_resume(request.plan)};
    print(around_.out, summary_lines(ending, around_.looks(around_.out).colour));
    print(around_.err, next_lines(ending));
    return exit_code(*report);
  }

  Options& options_;
  const CustomerFlags& flags_;
  Surroundings& around_;
  std::optional<StopSignals> signals_;
};

}  // namespace

int import_customers_command(Arguments arguments, Surroundings& around) {
  CustomerFlags flags;
  Options options(manual());
  declare_customers(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (const Status fine = check_customers(flags, options); !fine) {
    return usage_error(options, around, fine.error());
  }
  Command command(options, flags, around);
  if (flags.check) return command.check();
  return flags.resume ? command.resume() : command.import();
}

}  // namespace usher::cli
