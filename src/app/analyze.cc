// SPDX-License-Identifier: Apache-2.0
#include "app/analyze.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "analysis/error_lines.h"
#include "analysis/inputs.h"
#include "analysis/picked_rows.h"
#include "analysis/report.h"
#include "app/jobs.h"
#include "app/output_files.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "source/csv_input.h"

namespace usher {
namespace {

namespace fs = std::filesystem;
using analysis::same_file;

constexpr std::string_view kErrorsName = "errors.jsonl";

Status check_name(const std::string& path) {
  if (trim(path).empty()) return fail("--report is empty");
  if (csv::is_standard_input(path)) {
    return fail("--report needs the name of a file", "--json prints the report");
  }
  return {};
}

Status check_places(const AnalyzeOptions& options) {
  USHER_TRY(check_name(options.report));
  if (csv::is_standard_input(options.retry_csv)) {
    return fail("--retry-csv needs the name of a file", "for example --retry-csv retry.csv");
  }
  const std::array<std::pair<std::string_view, const std::string*>, 2> written = {
      {{"--report", &options.report}, {"--retry-csv", &options.retry_csv}}};
  const std::array<std::pair<std::string_view, const std::string*>, 2> read = {
      {{"--errors", &options.errors}, {"--csv", &options.csv}}};
  for (const auto& [name, path] : written) {
    if (!path->empty()) USHER_TRY(check_output({std::string(name), *path}));
    for (const auto& [other, source] : read) {
      if (same_file(*path, *source)) {
        return fail(fmt::format("{} and {} are the same file: {}", name, other, printable(*path)),
                    fmt::format("give {} another name", name));
      }
    }
  }
  if (same_file(options.report, options.retry_csv)) {
    return fail("--report and --retry-csv are the same file: " + printable(options.report),
                "give one of them another name");
  }
  return check_report({"--report", options.report});
}

// The job whose view this file is.
std::optional<job::Folder> job_of(const std::string& errors) {
  const fs::path path(errors);
  if (path.filename() != kErrorsName) return std::nullopt;
  fs::path folder = path.parent_path();
  std::error_code problem;
  if (folder.filename().empty() || folder.filename() == "." || folder.filename() == "..") {
    folder = fs::absolute(folder.empty() ? fs::path(".") : folder, problem).lexically_normal();
    if (folder.filename().empty()) folder = folder.parent_path();
  }
  const std::string id = folder.filename().string();
  if (problem || !job::check_id(id)) return std::nullopt;
  const fs::path root = folder.parent_path();
  job::Folder found(root.empty() ? "." : root.string(), id);
  const bool usual = root.filename() == job::kDefaultRoot;
  if (found.has_store() || found.has_checkpoint() || usual) return found;
  return std::nullopt;
}

class Analyst {
 public:
  Analyst(const AnalyzeOptions& options, WallTime now) : options_(options) {
    result_.timestamp = to_iso8601(now);
    result_.report = options.report;
    result_.retry_path = options.retry_csv;
    result_.errors = options.errors;
    result_.errors_file = csv::name_of(options.errors);
  }

  Result<Analyzed> work() {
    USHER_TRY(check_places(options_));
    find_job();
    USHER_TRY_ASSIGN(auto lines,
                     analysis::ErrorLines::open(options_.errors, !options_.retry_csv.empty()));
    USHER_TRY(read(lines));
    result_.errors_hash = lines.sha256();
    result_.inputs = inputs_.all();
    if (!options_.csv.empty()) {
      result_.csv = options_.csv;
    } else if (result_.csv.empty()) {
      result_.csv = result_.analysis.csv_path;
    }
    result_.suggestions = analysis::suggest(result_.analysis, result_.csv);
    if (!options_.retry_csv.empty()) USHER_TRY(write_retry_csv(lines));
    USHER_TRY(write_atomically(options_.report, to_json(result_) + "\n"));
    return std::move(result_);
  }

 private:
  void find_job() {
    result_.job = job_of(options_.errors);
    if (!result_.job) return;
    auto plan =
        result_.job->has_store() ? plan_of_job(*result_.job) : Result<job::Plan>(fail("no store"));
    result_.foreign = !plan;
    if (!plan) return;
    input_ = plan->csv;
    result_.csv = plan->csv.path;
    result_.workers = plan->workers;
  }

  Status read(analysis::ErrorLines& lines) {
    analysis::Analyzer analyzer;
    analysis::ErrorLines::Line line;
    analysis::ErrorRecord record;
    std::uint64_t good = 0;
    while (true) {
      USHER_TRY_ASSIGN(const bool more, lines.next(line));
      if (!more) break;
      auto problem = line.problem.empty() ? analysis::read_error(line.text, record)
                                          : std::optional<std::string>(line.problem);
      if (problem) {
        analyzer.add_bad(line.number, std::move(*problem));
        continue;
      }
      ++good;
      USHER_TRY_ASSIGN(const auto verdict, analyzer.add(line.text, record));
      USHER_TRY(note_row(record, line.place, verdict.retryable || options_.include_all));
    }
    USHER_TRY_ASSIGN(result_.analysis, analyzer.finish());
    if (good > 0 || result_.analysis.bad_lines == 0) return {};
    const analysis::BadLine& first = result_.analysis.first_bad_lines.front();
    return fail(fmt::format("{}: no line of it can be read; line {}: {}",
                            printable(result_.errors_file), first.number, first.problem),
                "an errors file has one JSON object a line (docs/errors.md)");
  }

  // No input is ever written over, whichever of the lines names it.
  Status note_row(const analysis::ErrorRecord& record, std::uint64_t place, bool wanted) {
    bool fresh = false;
    const std::uint32_t input = inputs_.number_of(record.csv_path, fresh);
    inputs_.count(input, wanted);
    if (fresh && same_file(record.csv_path, options_.retry_csv)) {
      return fail("--retry-csv is the input itself: " + printable(options_.retry_csv),
                  "give --retry-csv another name");
    }
    if (fresh && same_file(record.csv_path, options_.report)) {
      return fail("--report is the input itself: " + printable(options_.report),
                  "give --report another name");
    }
    if (options_.retry_csv.empty()) return {};
    const std::uint64_t person = quick_hash_ignoring_case(trim(record.email), 0);
    return rows_.add({record.number, place, wanted, input, person});
  }

  // Which of the inputs a retry CSV is of; nothing: all lines are of one.
  Result<std::optional<std::uint32_t>> chosen_input() {
    auto found = inputs_.find(result_.csv);
    other_name_ = !found;
    if (!inputs_.several()) return std::nullopt;  // it may have been moved
    if (found) return found;
    std::string names;
    const auto& all = inputs_.all();
    for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 3); ++i) {
      names += (i > 0 ? ", " : "") + printable(all[i].path);
    }
    if (all.size() > 3) names += ", ...";
    const std::string next =
        fmt::format("once per input, for example: --csv {} --retry-csv {}",
                    printable(all.front().path), printable(analysis::retry_names(all).front()));
    if (!result_.csv.empty()) {
      return fail(fmt::format("no error is of {}: they are of {}", printable(result_.csv), names),
                  next);
    }
    return fail("a retry CSV is of one input, and the errors are of several: " + names, next);
  }

  Status write_retry_csv(const analysis::ErrorLines& lines) {
    const bool any =
        result_.analysis.retryable > 0 || (options_.include_all && result_.analysis.total > 0);
    if (any) {
      USHER_TRY_ASSIGN(const auto input, chosen_input());
      USHER_TRY(rows_.finish(input));
      USHER_TRY_ASSIGN(result_.retry, make_retry_csv({lines, rows_}));
    }
    const bool written = result_.retry && result_.retry->rows > 0;
    result_.stale = !written && exists(options_.retry_csv);
    return {};
  }

  Result<analysis::RetryCsv> make_retry_csv(analysis::RetrySource source) {
    const std::string& path = options_.retry_csv;
    if (same_file(path, result_.csv)) {
      return fail("--retry-csv is the input itself: " + printable(path),
                  "give --retry-csv another name");
    }
    if (!options_.csv.empty()) return retry_from_input(path, options_.csv, true, source);
    if (!result_.csv.empty()) {
      std::error_code problem;
      if (fs::is_regular_file(result_.csv, problem)) {
        return retry_from_input(path, result_.csv, has_changed(), source);
      }
      result_.notes.push_back(printable(result_.csv) +
                              " is not there any more, so the rows are made of what the errors "
                              "file remembers");
    } else {
      result_.notes.emplace_back(
          "the errors file does not say where its rows are from, so they are made of what it "
          "remembers");
    }
    std::size_t columns = 0;
    for (const analysis::Group& group : result_.analysis.groups) {
      columns = std::max(columns, group.columns.size());
    }
    return retry_from_errors(path, columns, source);
  }

  // Whether the input may be another than the one that failed.
  bool has_changed() {
    if (!input_ || other_name_ || inputs_.several()) return true;
    const auto now = job::fingerprint(result_.csv);
    return !now || now->sha256 != input_->sha256;
  }

  const AnalyzeOptions& options_;
  Analyzed result_;
  std::optional<job::InputFile> input_;  // of the job
  analysis::PickedRows rows_;
  analysis::Inputs inputs_;
  bool other_name_ = false;  // no line says that it is of the input by its name
};

constexpr std::size_t kMostInputsTold = 20;

void add_inputs(JsonWriter& out, const std::vector<analysis::InputErrors>& inputs) {
  out.key("inputs").open_array();
  for (std::size_t i = 0; i < std::min(inputs.size(), kMostInputsTold); ++i) {
    out.open_object().field("csv", inputs[i].path).field("errors", inputs[i].errors);
    out.field("forRetryCsv", inputs[i].wanted).close_object();
  }
  out.close_array();
}

void add_retry(JsonWriter& out, const Analyzed& analyzed) {
  if (analyzed.retry_path.empty()) return;
  const analysis::RetryCsv none;
  const analysis::RetryCsv& made = analyzed.retry ? *analyzed.retry : none;
  out.key("retryCsv").open_object().field("path", analyzed.retry_path);
  out.field("written", made.rows > 0).field("rows", made.rows).field("from", made.from);
  out.field("leftOut", made.missing()).key("leftOutReasons").open_object();
  out.field("laterLine", made.overtaken).field("otherInput", made.of_others);
  out.field("notTaken", made.left_out).close_object().key("maskedCells").open_object();
  for (const auto& [column, cells] : made.masked) out.field(column, cells);
  out.close_object().field("stale", analyzed.stale).close_object();
}

}  // namespace

Result<Analyzed> analyze(const AnalyzeOptions& options, WallTime now) {
  return Analyst(options, now).work();
}

std::string to_json(const Analyzed& analyzed) {
  std::string text = "{" + analysis::report_members(
                               analyzed.analysis, analyzed.suggestions,
                               {analyzed.errors_file, analyzed.errors_hash, analyzed.timestamp});
  std::string more;
  JsonWriter out(more);
  out.field("csv", analyzed.csv).key("job");
  if (analyzed.job) {
    out.value(analyzed.job->id());
  } else {
    out.null();
  }
  add_inputs(out, analyzed.inputs);
  add_retry(out, analyzed);
  return text + "," + more + "}";
}

}  // namespace usher
