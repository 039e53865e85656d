// SPDX-License-Identifier: Apache-2.0
#include "cli/analyze_words.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/report.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/retry_lines.h"
#include "cli/wrapped.h"

namespace usher::cli {
namespace {

using analysis::Group;
using analysis::Suggestion;
using Lines = std::vector<std::string>;

constexpr std::size_t kMostShown = 5;  // groups, and reasons
constexpr std::size_t kMostSuggestions = 3;
constexpr std::size_t kMostNames = 3;  // of those affected
constexpr std::size_t kWidth = 92;

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

std::string errors_in_words(std::uint64_t count) {
  return with_commas(count) + (count == 1 ? " error" : " errors");
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} ({}%)", with_commas(part), analysis::percentage(part, whole));
}

std::string fact(std::string_view name, const std::string& value) {
  return fmt::format("  {:<23}{}", fmt::format("{}:", name), value);
}

void add_summary(Lines& lines, const analysis::Analysis& found) {
  lines.emplace_back("ERROR ANALYSIS SUMMARY");
  lines.emplace_back();
  lines.push_back(fact("Total errors", with_commas(found.total)));
  lines.push_back(fact("Retryable errors", share(found.retryable, found.total)));
  lines.push_back(fact("Non-retryable errors", share(found.not_retryable(), found.total)));
  lines.push_back(fact("Unique emails", with_commas(found.unique_emails)));
  const std::string kinds = with_commas(found.groups.size());
  lines.push_back(
      fact("Error patterns", found.ungrouped == 0
                                 ? kinds
                                 : fmt::format("more than {} ({} in none of these)", kinds,
                                               errors_in_words(found.ungrouped))));
}

std::string names_in_words(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    if (i > 0) text += ", ";
    text += printable(names[i], 60);
  }
  return text + (names.size() > kMostNames ? ", ..." : "");
}

// What the API said of it, and whom it is about.
std::string origin_in_words(const Group& group) {
  std::string text = group.type.empty() ? "no errorType" : group.type;
  text += group.status == 0 ? ", no status" : fmt::format(", HTTP {}", group.status);
  if (!group.code.empty()) text += " " + group.code;
  if (!group.inner_codes.empty()) {
    text += " (";
    for (std::size_t i = 0; i < std::min(group.inner_codes.size(), kMostNames); ++i) {
      text += (i > 0 ? ", " : "") + group.inner_codes[i];
    }
    text += ")";
  }
  return text;
}

void add_groups(Lines& lines, const analysis::Analysis& found) {
  lines.emplace_back();
  lines.emplace_back("Top Error Groups:");
  for (std::size_t i = 0; i < std::min(found.groups.size(), kMostShown); ++i) {
    const Group& group = found.groups[i];
    lines.push_back(
        "  " + wrapped(fmt::format("{}. [{}] [{}] {} ({})", i + 1,
                                   upper(to_string(group.verdict.severity)),
                                   group.verdict.retryable ? "RETRYABLE" : "NON-RETRYABLE",
                                   printable(group.pattern, 300), errors_in_words(group.count)),
                       5, kWidth));
    lines.push_back("     " + origin_in_words(group));
    if (!group.organizations.empty()) {
      lines.push_back("     organizations: " + names_in_words(group.organizations));
    }
    if (!group.emails.empty()) lines.push_back("     emails: " + names_in_words(group.emails));
  }
  if (found.groups.size() > kMostShown) {
    lines.push_back(fmt::format("  ... and {} more in the report",
                                with_commas(found.groups.size() - kMostShown)));
  }
}

void add_reasons(Lines& lines, std::string_view heading,
                 const std::map<std::string_view, std::uint64_t>& reasons) {
  if (reasons.empty()) return;
  std::vector<std::pair<std::string_view, std::uint64_t>> sorted(reasons.begin(), reasons.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  lines.emplace_back();
  lines.emplace_back(heading);
  for (std::size_t i = 0; i < std::min(sorted.size(), kMostShown); ++i) {
    lines.push_back(fmt::format("  {}: {}", sorted[i].first, with_commas(sorted[i].second)));
  }
  if (sorted.size() > kMostShown) {
    lines.push_back(fmt::format("  ... and {} more in the report", sorted.size() - kMostShown));
  }
}

// --- suggestions -------------------------------------------------------------------------------

// Those of one reason as one: a person has to do it once.
std::vector<Suggestion> by_reason(const std::vector<Suggestion>& suggestions) {
  std::vector<Suggestion> merged;
  for (const Suggestion& suggestion : suggestions) {
    const auto same = std::ranges::find(merged, suggestion.reason, &Suggestion::reason);
    if (same == merged.end()) {
      merged.push_back(suggestion);
    } else {
      same->affected += suggestion.affected;
    }
  }
  return merged;
}

std::string line_of(const std::vector<std::string>& words) {
  CommandLine line(words[1]);
  for (std::size_t i = 2; i < words.size(); ++i) {
    words[i] == analysis::kYourCsv ? line.as_it_is(words[i]) : line.word(words[i]);
  }
  return line.text();
}

void add_suggestions(Lines& lines, const std::vector<Suggestion>& suggestions) {
  const std::vector<Suggestion> merged = by_reason(suggestions);
  if (merged.empty()) return;
  lines.emplace_back();
  lines.emplace_back("Actionable Fix Suggestions:");
  for (std::size_t i = 0; i < std::min(merged.size(), kMostSuggestions); ++i) {
    const Suggestion& suggestion = merged[i];
    lines.push_back(fmt::format("  {}. [{}] {}", i + 1, upper(to_string(suggestion.severity)),
                                errors_in_words(suggestion.affected)));
    lines.push_back("     " + wrapped(suggestion.text, 5, kWidth));
    if (suggestion.example.size() == 2) {
      lines.push_back("       before: " + suggestion.example[0]);
      lines.push_back("       after:  " + suggestion.example[1]);
    }
    if (!suggestion.command.empty()) lines.push_back("       " + line_of(suggestion.command));
  }
  if (merged.size() > kMostSuggestions) {
    lines.push_back(
        fmt::format("  ... and {} more suggestions in report", merged.size() - kMostSuggestions));
  }
}

// --- files -------------------------------------------------------------------------------------

std::string rows_in_words(std::uint64_t rows) {
  return with_commas(rows) + (rows == 1 ? " row" : " rows");
}

void add_files(Lines& lines, const Analyzed& analyzed) {
  lines.emplace_back();
  lines.push_back("Full report: " + printable(analyzed.report));
  if (!analyzed.retry || analyzed.retry->rows == 0) return;
  const std::string from = analyzed.retry->from.empty() ? "what the errors file remembers"
                                                        : printable(analyzed.retry->from);
  lines.push_back(fmt::format("Retry CSV: {} ({} from {})", printable(analyzed.retry_path),
                              rows_in_words(analyzed.retry->rows), from));
  const analysis::RetryCsv& made = *analyzed.retry;
  if (made.missing() == 0) return;
  std::vector<std::string> reasons;
  if (made.of_others > 0) reasons.push_back(with_commas(made.of_others) + " of other inputs");
  if (made.overtaken > 0) {
    reasons.push_back(with_commas(made.overtaken) + " with a later line about the same row");
  }
  if (made.left_out > 0) reasons.push_back(with_commas(made.left_out) + " that cannot be taken");
  lines.push_back(fmt::format("  not in it: {} ({})", errors_in_words(made.missing()),
                              fmt::join(reasons, ", ")));
}

std::string other_inputs_in_words(const Analyzed& analyzed) {
  std::vector<std::string> names;
  for (const analysis::InputErrors& input : analyzed.inputs) {
    if (input.wanted == 0 || analysis::same_file(input.path, analyzed.csv)) continue;
    names.push_back(fmt::format("{} ({})", printable(input.path), with_commas(input.wanted)));
    if (names.size() > kMostNames) break;
  }
  if (names.size() > kMostNames) names.back() = "...";
  return fmt::format("{}", fmt::join(names, ", "));
}

// --- how to go on ------------------------------------------------------------------------------

bool fixed_by_command(const Analyzed& analyzed) {
  return std::ranges::any_of(analyzed.suggestions, [](const Suggestion& suggestion) {
    return !suggestion.command.empty() && suggestion.command.back() == analysis::kFixedCsv;
  });
}

// An import of `csv` into the organization that all the rows were to join, where that is known.
std::string import_line(const Analyzed& analyzed, const std::string& csv) {
  CommandLine line("import-users");
  csv.empty() ? line.as_it_is("--csv <your-csv>") : line.option("--csv", csv);
  const analysis::Analysis& found = analyzed.analysis;
  if (!found.named_in_rows) {
    if (found.org_id) line.option("--org-id", *found.org_id);
    if (!found.org_id && found.org_external_id) {
      line.option("--org-external-id", *found.org_external_id);
    }
  }
  return line.text();
}

bool organization_unknown(const analysis::Analysis& found) {
  return !found.named_in_rows && !found.org_id && !found.org_external_id;
}

void add_note(Lines& notes, std::string text) {
  notes.push_back((notes.empty() ? "Note: " : "      ") + std::move(text));
}

void add_job_lines(Lines& lines, const Analyzed& analyzed, const job::Folder& job) {
  const bool fix = analyzed.analysis.not_retryable() > 0;
  const bool changed = fix && fixed_by_command(analyzed);
  const std::string csv = changed ? std::string(analysis::kFixedCsv) : analyzed.csv;
  lines.emplace_back(analyzed.analysis.retryable > 0
                         ? "To retry failed imports from checkpoint, run:"
                         : "After that, to retry failed imports from checkpoint, run:");
  const bool as_is = analyzed.analysis.retryable > 0;
  lines.push_back("  " + resume_line(as_is ? analyzed.csv : csv, job, analyzed.workers));
  Lines notes;
  if (analyzed.csv.empty()) {
    add_note(notes, "Replace <your-csv> with your original CSV path.");
  }
  if (fix) add_note(notes, "Fix any data validation issues in your CSV before retrying.");
  if (notes.empty()) return;
  lines.emplace_back();
  lines.insert(lines.end(), notes.begin(), notes.end());
}

// A retry CSV is of one input.
void add_retry_csv_lines(Lines& lines, const Analyzed& analyzed) {
  const auto line_for = [&analyzed](const std::string& csv, const std::string& name) {
    CommandLine line("analyze-errors");
    line.option("--errors", analyzed.errors);
    if (!csv.empty()) line.option("--csv", csv);
    return "  " + line.option("--retry-csv", name).text();
  };
  if (analyzed.inputs.size() < 2) {
    lines.emplace_back("To make a CSV of them, run:");
    lines.push_back(line_for("", "retry.csv"));
    return;
  }
  lines.emplace_back("To make a CSV of them for each input, run:");
  const std::vector<std::string> names = analysis::retry_names(analyzed.inputs);
  std::size_t shown = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (analyzed.inputs[i].wanted == 0) continue;
    if (++shown > kMostShown) {
      lines.push_back("  ... and so on for the other inputs (inputs in the report)");
      return;
    }
    lines.push_back(line_for(analyzed.inputs[i].path, names[i]));
  }
}

void add_import_lines(Lines& lines, const Analyzed& analyzed) {
  const bool as_is = analyzed.analysis.retryable > 0;
  const bool made = analyzed.retry && analyzed.retry->rows > 0;
  Lines notes;
  if (as_is && !made && analyzed.retry_path.empty()) {
    add_retry_csv_lines(lines, analyzed);
    return;
  }
  if (as_is && !made) return;
  lines.emplace_back(as_is ? "To retry failed imports, run:"
                           : "After that, import the rows again; who is there is left alone:");
  const std::string again =
      !as_is && fixed_by_command(analyzed) ? std::string(analysis::kFixedCsv) : analyzed.csv;
  lines.push_back("  " + import_line(analyzed, made ? analyzed.retry_path : again));
  if (!made && again.empty()) add_note(notes, "Replace <your-csv> with your original CSV path.");
  if (organization_unknown(analyzed.analysis)) {
    add_note(notes,
             "The rows name no organization. If the import that failed had --org-id, or another "
             "option for it, add the same.");
  }
  add_note(notes,
           "Add the options of the original import that errors.jsonl does not hold: "
           "--role-mapping, --require-membership, --existing, --api-url, ...");
  if (notes.empty()) return;
  lines.emplace_back();
  lines.insert(lines.end(), notes.begin(), notes.end());
}

std::uint64_t undecided(const analysis::Analysis& found) {
  const auto reason = found.other_reasons.find(analysis::kNotRecorded);
  return reason == found.other_reasons.end() ? 0 : reason->second;
}

void add_retry_csv_ending(Lines& lines, const Analyzed& analyzed) {
  if (analyzed.retry_path.empty() || (analyzed.retry && analyzed.retry->rows > 0)) return;
  const std::string path = printable(analyzed.retry_path);
  if (!analyzed.retry && analyzed.analysis.total > 0) {
    lines.push_back(
        "⚠️  Retry CSV not generated: no error can be retried as it is (--include-all takes the "
        "others too)");
  }
  if (analyzed.stale) {
    lines.push_back(fmt::format(
        "⚠️  {} is of an earlier time, and was left as it is: it is not of this analysis", path));
  }
}

}  // namespace

std::vector<std::string> analysis_words(const Analyzed& analyzed) {
  Lines lines;
  const analysis::Analysis& found = analyzed.analysis;
  add_summary(lines, found);
  if (found.total > 0) {
    add_groups(lines, found);
    add_reasons(lines, "Retryable Error Reasons:", found.retryable_reasons);
    add_reasons(lines, "Non-Retryable Error Reasons:", found.other_reasons);
    add_suggestions(lines, analyzed.suggestions);
  }
  add_files(lines, analyzed);
  return lines;
}

std::vector<std::string> analysis_ending(const Analyzed& analyzed) {
  const analysis::Analysis& found = analyzed.analysis;
  Lines lines;
  if (found.total == 0) {
    lines.push_back("✓ Analysis complete: " + printable(analyzed.errors_file) +
                    " holds no errors, nothing has failed");
    add_retry_csv_ending(lines, analyzed);
    return lines;
  }
  if (found.retryable > 0) {
    lines.push_back(fmt::format("✓ Analysis complete: {} error(s) can be retried",
                                with_commas(found.retryable)));
  } else {
    lines.push_back(
        fmt::format("⚠️  No error can be retried as it is: {} need a change in the CSV first",
                    with_commas(found.total)));
  }
  if (const std::uint64_t open = undecided(found); open > 0) {
    lines.push_back(fmt::format(
        "   {} of them record no status, so that nobody can tell whether the same would be "
        "refused again",
        with_commas(open)));
  } else if (found.no_status > 0) {
    lines.push_back(fmt::format("   {} of them record no status; the rows show what is wrong",
                                with_commas(found.no_status)));
  }
  add_retry_csv_ending(lines, analyzed);
  lines.emplace_back();
  analyzed.job ? add_job_lines(lines, analyzed, *analyzed.job) : add_import_lines(lines, analyzed);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> analysis_warnings(const Analyzed& analyzed) {
  Lines lines;
  const analysis::Analysis& found = analyzed.analysis;
  for (const analysis::BadLine& bad : found.first_bad_lines) {
    lines.push_back(fmt::format("Line {}: Invalid JSON, skipping: {}", bad.number,
                                printable(bad.problem, 200)));
  }
  if (found.bad_lines > found.first_bad_lines.size()) {
    lines.push_back(fmt::format("{} lines in all cannot be read, and are in no count",
                                with_commas(found.bad_lines)));
  }
  lines.insert(lines.end(), analyzed.notes.begin(), analyzed.notes.end());
  if (!analyzed.retry) return lines;
  for (const analysis::LeftOut& left : analyzed.retry->first_left_out) {
    lines.push_back(left.record == 0
                        ? fmt::format("A row is not in the retry CSV: {}", left.why)
                        : fmt::format("Row {} is not in the retry CSV: {}", left.record, left.why));
  }
  if (analyzed.retry->left_out > analyzed.retry->first_left_out.size()) {
    lines.push_back(
        fmt::format("{} in all are not in the retry CSV", rows_in_words(analyzed.retry->left_out)));
  }
  if (analyzed.retry->of_others > 0) {
    lines.push_back(fmt::format("{} of other inputs are not in the retry CSV: {}",
                                errors_in_words(analyzed.retry->of_others),
                                other_inputs_in_words(analyzed)));
  }
  for (const auto& [column, cells] : analyzed.retry->masked) {
    lines.push_back(fmt::format("{}: {} in column {} left empty, since the errors file hides them",
                                printable(analyzed.retry_path),
                                with_commas(cells) + (cells == 1 ? " cell" : " cells"),
                                printable(column)));
  }
  if (!analyzed.retry->masked.empty()) {
    lines.emplace_back("  for complete rows give the input: --csv ORIGINAL");
  }
  return lines;
}

}  // namespace usher::cli
