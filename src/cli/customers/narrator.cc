// SPDX-License-Identifier: Apache-2.0
#include "cli/customers/narrator.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/customers/words.h"

namespace usher::cli {

using customers::ImportType;

void CustomerNarrator::say(std::string_view text, Tone tone) {
  if (!plan_.quiet) display_.say(toned(text, tone, colour_));
}

void CustomerNarrator::finalised(const customers::Finalised& job) {
  if (!job.problem.what.empty()) {
    warned(fmt::format("the job {} was cut off, and its retry files could not be written: {}",
                       job.job, job.problem.what));
    return;
  }
  say(fmt::format("The job {} was cut off; its retry files are written now: {}", job.job,
                  printable(job.retry_folder, 400)),
      Tone::warning);
}

void CustomerNarrator::checked(const customers::Checked& checked) {
  checked_ = checked;
  if (plan_.quiet) {  // what is left out is said all the same
    for (const std::string& note : checked.notes) {
      if (plan_.notes) display_.say("Note: " + printable(note, 300));
    }
    return;
  }
  for (const std::string& line : check_lines(checked, kMostFindings)) say(line);
}

void CustomerNarrator::started(const customers::JobStart& start) {
  items_ = start.items;
  const ImportType type = checked_ ? checked_->type : ImportType::customers;
  say(fmt::format("{} {}: {}", start.resumed ? "Resuming job" : "Job", start.id,
                  printable(start.folder, 400)));
  if (start.resumed) {
    say(fmt::format("{} of {} have arrived already", with_commas(start.counts.there()),
                    items_in_words(start.items, type)));
  }
  say(fmt::format(
      "Importing {} in {} {} to {}", items_in_words(start.items - start.counts.there(), type),
      with_commas(start.batches), start.batches == 1 ? "batch" : "batches", plan_.target));
  say("  " + plan_.pace);
}

void CustomerNarrator::warned(const std::string& warning) {
  if (warnings_ < kMostWarnings) say("Warning: " + printable(warning, 400), Tone::warning);
  if (warnings_ == kMostWarnings) say("Further warnings are only counted.", Tone::warning);
  ++warnings_;
}

void CustomerNarrator::batch_ended(const customers::Batch& batch, const BatchTurn::End& end) {
  const std::uint64_t missing = end.counts.missing();
  if (missing == 0 || ++failed_batches_ > kMostBatches) return;
  say(fmt::format(
          "Batch {}: {} of {} have not arrived{}", with_commas(batch.number), with_commas(missing),
          with_commas(end.counts.total()),
          end.http_status != 0 ? fmt::format(" (HTTP {})", end.http_status) : std::string()),
      Tone::bad);
  if (failed_batches_ == kMostBatches) say("(further ones are only counted)");
}

void CustomerNarrator::progressed(const customers::Progress& progress) {
  if (plan_.quiet) return;
  if (!progress.retry_folder.empty() && !told_retry_) {
    told_retry_ = true;
    say("Retry files are being written: " + printable(progress.retry_folder, 400), Tone::warning);
  }
  const int stops = plan_.stops_seen ? plan_.stops_seen() : 0;
  if (stops > 0 && told_stops_ == 0) {
    say("Stopping: answers that are due are awaited first. Ctrl-C again leaves at once.",
        Tone::warning);
  }
  told_stops_ = stops;
  const bool households = checked_ && checked_->type == ImportType::households;
  Progress shown;
  shown.things = households ? "households" : "customers";
  shown.tally.rows.created = progress.counts.there();
  shown.tally.rows.failed = progress.counts.failed + progress.counts.unconfirmed;
  shown.total_rows = items_;
  shown.elapsed = progress.elapsed;
  shown.in_flight = progress.in_flight;
  shown.waiting = progress.waiting;
  shown.earlier = progress.earlier;
  display_.show(shown);
}

void CustomerNarrator::finish() {
  display_.finish();
}

}  // namespace usher::cli
