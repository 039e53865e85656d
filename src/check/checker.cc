// SPDX-License-Identifier: Apache-2.0
#include "check/checker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "check/fixed_csv.h"
#include "check/fixes.h"
#include "check/header.h"
#include "check/repeat_words.h"
#include "check/repeats.h"
#include "check/row_rules.h"
#include "source/email.h"

namespace usher::check {
namespace {

constexpr std::uint64_t kStep = 8192;
constexpr std::size_t kMostShown = 1000;  // bytes of a value in the report

std::string_view shown(std::string_view value) {
  if (value.size() <= kMostShown) return value;
  std::size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return value.substr(0, end);
}

class Check {
 public:
  Check(const Snapshot& input, const Wish& wish, Findings& findings, Replacement* fixed)
      : input_(input),
        wish_(wish),
        findings_(findings),
        to_(fixed),
        fixer_({.ids_like_others = wish.fix_org_ids}) {}

  Result<Outcome> run() {
    USHER_TRY_ASSIGN(bool going, first_pass());
    if (going && outcome_.readable) {
      USHER_TRY(repeats_.compare());
      USHER_TRY(tell_header());
      USHER_TRY_ASSIGN(going, second_pass());
    }
    outcome_.interrupted = !going;
    USHER_TRY(input_.still_the_same());
    finish();
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] bool may_go_on(std::uint64_t rows, std::uint64_t bytes) const {
    if (rows % kStep != 0 || !wish_.progressed) return true;
    return wish_.progressed(rows, bytes, input_.size() * 2);
  }

  Result<bool> first_pass();
  Status tell_unreadable(const Error& error);
  Status tell_header();
  Status tell_about_file(Rule rule, std::string_view text);
  Result<bool> second_pass();
  Status look(const csv::Record& record);
  void examine(Row& row);
  Status tell_broken(const csv::Record& record);
  Status tell(const Row& row);
  Status tell_repeats(const Row& row);
  Status add(Finding finding, const Row& row);
  void count_row();
  void finish();

  const Snapshot& input_;
  const Wish& wish_;
  Findings& findings_;
  Replacement* to_;
  Fixer fixer_;
  Outcome outcome_;
  Header header_;
  Repeats repeats_;
  bool adds_org_id_ = false;
  bool any_row_ = false;  // well-formed
  bool any_roles_ = false;
  std::uint64_t without_organization_ = 0;

  std::unique_ptr<RowRules> rules_;
  std::unique_ptr<FixedCsv> fixed_;
  std::vector<Note> notes_;
  std::vector<Note> notes_before_;
  std::vector<Fix> fixes_;
  std::vector<Repeat> repeats_of_row_;
  std::optional<Severity> worst_;  // of the row in hand
};

Result<bool> Check::first_pass() {
  Sha256 sha;
  bool broken = false;
  csv::Bytes bytes = input_.bytes();
  const auto counted = [&](std::span<char> room) -> Result<std::size_t> {
    auto got = bytes(room);
    if (got) sha.add({room.data(), *got});
    broken = !got;
    return got;
  };
  auto reader = csv::Reader::over(counted, input_.name(), {});
  if (!reader) {
    if (broken) return std::unexpected(std::move(reader.error()));
    outcome_.readable = false;
    USHER_TRY(tell_unreadable(reader.error()));
    return true;
  }
  header_ = look_at_header(reader->header(), wish_.auto_fix);
  csv::Record record;
  Row row;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, reader->next(record));
    if (!any) break;
    ++outcome_.summary.total_rows;
    if (!may_go_on(record.number, reader->bytes_read())) return false;
    if (!record.problem.empty()) continue;
    row.take(record, header_.layout);
    any_row_ = true;
    any_roles_ = any_roles_ || !clean_cell(row.cells[Column::role_slugs]).empty();
    const auto org_id = row.cells[Column::org_id].size();
    if (wish_.auto_fix) fixer_.fix_keys(row);
    if (row.cells[Column::org_id].size() != org_id && !header_.layout.has(Column::org_id)) {
      adds_org_id_ = true;
    }
    USHER_TRY(repeats_.add(row));
  }
  outcome_.csv_hash = sha.hex();
  return true;
}

Status Check::tell_unreadable(const Error& error) {
  const Rule rule = input_.size() == 0 ? Rule::empty_file : Rule::header_format;
  const std::string text = error.next.empty() ? error.what : error.what + "; " + error.next;
  Sha256 sha;
  std::string room(256 << 10, '\0');
  for (std::uint64_t at = 0; at < input_.size();) {
    USHER_TRY_ASSIGN(const std::size_t got, input_.read_at(at, room));
    if (got == 0) break;
    sha.add(std::string_view(room).substr(0, got));
    at += got;
  }
  outcome_.csv_hash = sha.hex();
  return tell_about_file(rule, text);
}

Status Check::tell_about_file(Rule rule, std::string_view text) {
  Finding finding{rule};
  finding.message = text;
  return findings_.add(finding);
}

Status Check::tell_header() {
  for (const HeaderNote& note : header_.notes) {
    Finding finding{note.rule};
    finding.message = note.text;
    finding.field = note.column;
    if (!note.fixed.empty()) {
      finding.fixed = true;
      finding.original = note.column;
      finding.replacement = note.fixed;
    }
    if (note.fixable && !finding.fixed) findings_.can_be_fixed(note.rule);
    USHER_TRY(findings_.add(finding));
  }
  const bool blank = header_.layout.has(Column::role_slugs) && any_row_ && !any_roles_;
  if (!blank) return {};
  return tell_about_file(Rule::role_slugs_blank, "role_slugs column is present but empty");
}

Result<bool> Check::second_pass() {
  USHER_TRY_ASSIGN(auto reader, csv::Reader::over(input_.bytes(), input_.name(), {}));
  rules_ = std::make_unique<RowRules>(header_.layout, findings_.wanted());
  if (to_ != nullptr) {
    fixed_ = std::make_unique<FixedCsv>(input_, *to_, header_, adds_org_id_);
    USHER_TRY(fixed_->begin());
  }
  csv::Record record;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, reader.next(record));
    if (!any) break;
    USHER_TRY(look(record));
    if (!may_go_on(record.number, input_.size() + reader.bytes_read())) return false;
  }
  if (fixed_) USHER_TRY(fixed_->finish());
  if (without_organization_ > 0) {
    USHER_TRY(tell_about_file(Rule::rows_without_organization,
                              fmt::format("{} row{} no organization: users without a membership",
                                          with_commas(without_organization_),
                                          without_organization_ == 1 ? " names" : "s name")));
  }
  if (const auto more = repeats_.added_organizations(); more > 0) {
    USHER_TRY(tell_about_file(Rule::several_organizations,
                              fmt::format("{} row{} another organization for a person of an "
                                          "earlier row: one user, several memberships",
                                          with_commas(more), more == 1 ? " names" : "s name")));
  }
  return true;
}

Status Check::look(const csv::Record& record) {
  worst_.reset();
  if (!header_.layout.has(Column::email)) worst_ = Severity::error;
  if (!record.problem.empty()) {
    USHER_TRY(tell_broken(record));
    count_row();
    return fixed_ ? fixed_->broken(record) : Status{};
  }
  Row was;
  was.take(record, header_.layout);
  Row row = was;
  examine(row);
  if (header_.layout.names_organizations() && !names_organization(row)) ++without_organization_;
  USHER_TRY(tell(row));
  USHER_TRY(tell_repeats(row));
  count_row();
  return fixed_ ? fixed_->row(record, was, row) : Status{};
}

// What is wrong with the row as it is after fixing, and what was fixed.
void Check::examine(Row& row) {
  notes_.clear();
  notes_before_.clear();
  fixes_.clear();
  rules_->check(row, notes_);
  const std::string_view verified = row.cells[Column::email_verified];
  const bool plain = verified.empty() || verified == "true" || verified == "false";
  if (notes_.empty() && (plain || !wish_.auto_fix)) return;
  if (!wish_.auto_fix) {
    Row copy = row;
    fixer_.fix(copy, fixes_);
    for (const Fix& fix : fixes_) {
      const auto same = [&](const Note& note) {
        return note.rule == fix.rule && note.column == fix.column;
      };
      if (std::ranges::any_of(notes_, same)) findings_.can_be_fixed(fix.rule);
    }
    fixes_.clear();
    return;
  }
  fixer_.fix(row, fixes_);
  if (fixes_.empty()) return;
  std::swap(notes_, notes_before_);
  rules_->check(row, notes_);
}

Status Check::tell_broken(const csv::Record& record) {
  Row row;
  row.number = record.number;
  row.line = record.line;
  const auto at = static_cast<std::size_t>(header_.layout.at[Column::email]);
  if (at < record.cells.size()) {
    const std::string_view guess = clean_cell(record.cells[at]);
    if (!email_problem(guess)) row.cells[Column::email] = guess;
  }
  const std::string text =
      findings_.wanted()(Rule::record_format) ? "The record " + record.problem : std::string();
  Finding finding{Rule::record_format};
  finding.message = text;
  return add(finding, row);
}

Status Check::add(Finding finding, const Row& row) {
  finding.number = row.number;
  finding.line = row.line;
  finding.email = shown(clean_cell(row.cells[Column::email]));
  finding.org_id = shown(clean_cell(row.cells[Column::org_id]));
  finding.org_external_id = shown(clean_cell(row.cells[Column::org_external_id]));
  const Severity severity = facts(finding.rule).severity;
  if (!finding.fixed && (!worst_ || severity < *worst_)) worst_ = severity;
  return findings_.add(finding);
}

Status Check::tell(const Row& row) {
  for (const Fix& fix : fixes_) {
    Finding finding{fix.rule};
    finding.field = to_string(fix.column);
    finding.fixed = true;
    finding.original = shown(fix.before);
    finding.replacement = shown(fix.after);
    std::string text;
    for (const Note& note : notes_before_) {
      if (text.empty() && note.rule == fix.rule && note.column == fix.column) text = note.text;
    }
    if (text.empty()) {
      text = fmt::format("{} \"{}\" is written as \"{}\"", to_string(fix.column),
                         printable(fix.before, 80), printable(fix.after, 80));
    }
    finding.message = text;
    USHER_TRY(add(finding, row));
  }
  for (const Note& note : notes_) {
    Finding finding{note.rule};
    finding.field = to_string(note.column);
    finding.message = note.text;
    USHER_TRY(add(finding, row));
  }
  return {};
}

Status Check::tell_repeats(const Row& row) {
  USHER_TRY(repeats_.of(row.number, repeats_of_row_));
  for (const Repeat& repeat : repeats_of_row_) {
    const std::string text =
        findings_.wanted()(repeat.rule) ? repeat_words(repeat, row) : std::string();
    Finding finding{repeat.rule};
    finding.field = to_string(repeat_column(repeat.rule));
    finding.message = text;
    USHER_TRY(add(finding, row));
  }
  return {};
}

void Check::count_row() {
  if (worst_ == Severity::error) {
    ++outcome_.summary.invalid_rows;
  } else if (worst_ == Severity::warning) {
    ++outcome_.summary.warning_rows;
  } else {
    ++outcome_.summary.valid_rows;
  }
}

void Check::finish() {
  Summary& summary = outcome_.summary;
  summary.duplicate_emails = repeats_.repeated_people();
  summary.duplicate_external_ids = repeats_.repeated_ids();
  if (outcome_.readable) summary.mode = header_.mode();
  summary.auto_fix_applied = wish_.auto_fix;
  summary.fixed_issues = findings_.fixed();
  outcome_.errors = findings_.count(Severity::error);
  outcome_.warnings = findings_.count(Severity::warning);
  outcome_.rules = findings_.totals();
  for (const RuleTotal& total : outcome_.rules) outcome_.fixable += total.fixable;
}

}  // namespace

Result<Outcome> check(const Snapshot& input, const Wish& wish, Findings& findings,
                      Replacement* fixed) {
  return Check(input, wish, findings, fixed).run();
}

}  // namespace usher::check
