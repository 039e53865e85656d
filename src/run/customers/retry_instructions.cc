// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_instructions.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "run/customers/causes.h"
#include "run/customers/opening.h"
#include "run/customers/stamp.h"

namespace usher::customers {
namespace {

constexpr std::size_t kMostCausesTold = 20;
constexpr std::size_t kMostMessages = 3;  // of a cause
constexpr std::size_t kMostText = 200;
constexpr std::uint64_t kMostFilesListed = 30;

std::string files_in_words(std::uint64_t count) {
  return count == 1 ? "1 file" : with_commas(count) + " files";
}

std::string items_in_words(std::uint64_t count, ImportType type) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one_of(type) : many_of(type));
}

// What the causes come to by label, with a few of their messages.
struct Told {
  std::uint64_t items = 0;
  int status = 0;
  std::vector<std::string> messages;
};

std::vector<std::pair<std::string, Told>> by_label(const RunFacts& facts) {
  std::map<std::string, Told> labels;
  for (const CauseCount& count : facts.causes) {
    ItemState state;
    state.outcome = count.outcome;
    state.cause = std::make_shared<Cause>(count.cause);
    Told& told = labels[label_of(state)];
    told.items += count.items;
    if (told.status == 0) told.status = count.cause.http_status;
    const bool says_more = count.cause.kind != Cause::Kind::result || !count.cause.message.empty();
    if (says_more && told.messages.size() < kMostMessages) {
      told.messages.push_back(printable(in_words(count.cause), kMostText));
    }
  }
  if (facts.counts.in_doubt > 0) labels[std::string(kUnconfirmed)].items += facts.counts.in_doubt;
  if (facts.counts.pending > 0) labels[std::string(kNotSent)].items = facts.counts.pending;
  std::vector<std::pair<std::string, Told>> sorted(labels.begin(), labels.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second.items != b.second.items ? a.second.items > b.second.items : a.first < b.first;
  });
  return sorted;
}

bool must_be_corrected(std::string_view label) {
  return label == "ERROR" || label == kInvalid || label == kRefused;
}

std::string overview(const Plan& plan, const RunFacts& facts, const RetryTotals& totals) {
  const ImportType type = plan.endpoint.type;
  std::string text = fmt::format("- What: {} in {}, all that have not arrived of {}\n",
                                 items_in_words(totals.items, type), files_in_words(totals.files),
                                 items_in_words(plan.items, type));
  text += fmt::format("- Where to: {} ({}, {})\n", printable(plan.endpoint.api_url, 300),
                      to_string(plan.endpoint.platform), to_string(plan.endpoint.environment));
  text += fmt::format("- Import: the job {}, {}{}\n", facts.job, facts.end,
                      facts.reason.what.empty() ? "" : ": " + printable(facts.reason.what, 300));
  text += fmt::format("- Written: {}\n", local_words(facts.now));
  text += fmt::format(
      "- Count: {} arrived + {} echoes + {} failed + {} unconfirmed + {} not sent = {}\n",
      facts.counts.arrived, facts.counts.echoes, facts.counts.failed, facts.counts.unconfirmed,
      facts.counts.pending, facts.counts.total());
  return text;
}

std::string steps(const Plan& plan, const RunFacts& facts, const std::string& folder,
                  const std::vector<std::pair<std::string, Told>>& labels) {
  std::string text = "## Import them again\n\n";
  int step = 1;
  if (plan.user.empty()) {
    text += fmt::format("{}. Have a token: set USHER_CUSTOMER_TOKEN to a fresh one.\n", step++);
  } else {
    text += fmt::format(
        "{}. Have the login: set USHER_CUSTOMER_USER and USHER_CUSTOMER_PASSWORD.\n", step++);
  }
  const bool correct =
      std::ranges::any_of(labels, [](const auto& entry) { return must_be_corrected(entry.first); });
  if (correct) {
    text += fmt::format(
        "{}. Correct what has to be corrected (see below), in the files of this folder. The rest "
        "needs no editing.\n",
        step++);
  }
  text += fmt::format("{}. Import this folder, as it is:\n\n       {}\n\n", step++,
                      retry_line(plan, folder));
  text += fmt::format(
      "   Type and target are those of retry_summary.json. What fails again is left in a new "
      "folder; when all has arrived, this one says so in its first line.\n");
  text += fmt::format(
      "\nOr, as long as the files of the first import are as they were, go on with the job:\n\n"
      "       {}\n",
      "usher import-customers --resume " + facts.job + facts.folder_option);
  return text;
}

std::string other_tool(const Plan& plan) {
  return fmt::format(
      "## With the Bulk Customer Import tool\n\n"
      "1. Open the tool and go to the Files tab.\n"
      "2. Clear All, then Add Directory, and choose this folder (or Add Files for single ones).\n"
      "3. Configuration: choose the mode {}, the import type {}, and your login.\n"
      "4. Import tab: Start Import.\n",
      plan.endpoint.platform == Platform::c4r ? "Cloud4Retail (C4R)" : "GK Cloud",
      plan.endpoint.type == ImportType::customers ? "Customers" : "Households");
}

std::string why(const std::vector<std::pair<std::string, Told>>& labels, const RetryTotals& totals,
                ImportType type) {
  std::string text = "## Why they have not arrived\n";
  for (std::size_t i = 0; i < std::min(labels.size(), kMostCausesTold); ++i) {
    const auto& [label, told] = labels[i];
    const Advice advice = advice_for(label, told.status);
    text += fmt::format("\n### {}: {}\n\n{}\n{}\n", printable(label, 60),
                        items_in_words(told.items, type), advice.means, advice.act);
    for (const std::string& message : told.messages) text += fmt::format("- `{}`\n", message);
  }
  if (labels.size() > kMostCausesTold) {
    text += fmt::format("\nAnd {} more; retry_summary.json has them for each file.\n",
                        labels.size() - kMostCausesTold);
  }
  if (totals.maybe > 0) {
    text += fmt::format(
        "\n### Possibly there already: {}\n\nAn attempt to send them came to no known end. The "
        "summary lists them under `maybe`; as long as the files are not edited, the program knows "
        "the CONFLICT of one that is there as the echo of that attempt.\n",
        items_in_words(totals.maybe, type));
  }
  return text;
}

std::string files(const RetryTotals& totals, ImportType type) {
  std::string text = "## Files\n\n";
  for (std::uint64_t n = 1; n <= std::min(totals.files, kMostFilesListed); ++n) {
    text += fmt::format("- {}\n", retry_name(n, totals.width));
  }
  if (totals.files > kMostFilesListed) {
    text += fmt::format("- ... up to {}\n", retry_name(totals.files, totals.width));
  }
  text += fmt::format(
      "- retry_summary.json: which batch each file comes from, and what was wrong\n\n"
      "Each file holds what has not arrived of one batch, every {} byte for byte as it came, in "
      "the form that the API takes. They hold people's data, passwords included if there were "
      "any: delete the folder when it is no longer needed.\n",
      one_of(type));
  return text;
}

}  // namespace

std::string retry_instructions(const Plan& plan, const RunFacts& facts, const std::string& folder,
                               const RetryTotals& totals) {
  const ImportType type = plan.endpoint.type;
  const auto labels = by_label(facts);
  std::string text = fmt::format("# {} that have not arrived\n\n",
                                 type == ImportType::customers ? "Customers" : "Households");
  if (!facts.complete)
    text += "The import is still under way; this folder grows until it ends.\n\n";
  text += overview(plan, facts, totals) + "\n" + steps(plan, facts, folder, labels) + "\n" +
          other_tool(plan) + "\n" + why(labels, totals, type) + "\n" + files(totals, type);
  return text;
}

}  // namespace usher::customers
