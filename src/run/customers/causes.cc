// SPDX-License-Identifier: Apache-2.0
#include "run/customers/causes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::customers {
namespace {

struct Entry {
  std::string_view label;
  Advice advice;
};

// The published result codes, and ours.
constexpr std::array kAdvice = {
    Entry{"FAILED",
          {"The API had a time-out or was out of order for a moment; the data is not to blame.",
           "Temporary: import them again, as they are."}},
    Entry{"ERROR",
          {"The API found the data of the item invalid.",
           "Correct the data first: the same data fails again."}},
    Entry{
        "CONFLICT",
        {"It exists already, or it collides with another one (its id, user name or e-mail).",
         "Look it up in the target: it may be there as it should be; to change it, send an UPDATE "
         "or UPSERT instead of a CREATE."}},
    Entry{"NOT_FOUND",
          {"What was to be updated or deleted is not in the target.",
           "Create it first, or leave it out."}},
    Entry{kInvalid,
          {"It was not sent, because the check found an error in it that the API would refuse.",
           "Correct the data; usher import-customers --check FOLDER names file, line and item."}},
    Entry{kUnconfirmed,
          {"It was sent, and no answer ever said what became of it: it may be there or not.",
           "Import it again: if it is there already, the CONFLICT is told apart as the echo of the "
           "first attempt."}},
    Entry{kNoAnswer,
          {"The API, or the network on the way to it, gave no useful answer in any attempt.",
           "Temporary: import again later, with fewer parallel requests or smaller batches if it "
           "was overloaded."}},
    Entry{kNotSent,
          {"Its turn had not come when the import ended.", "Import it; nothing is wrong with it."}},
};

constexpr Advice kRefusedAdvice = {
    "The API refused the whole request that it was in, and did not look at single items.",
    "Read the message: nearly always one item, or the address, is wrong; smaller batches show "
    "which."};
constexpr Advice kTooLarge = {"The request was too large for the API or a gateway.",
                              "Import again with a smaller --batch-size."};
constexpr Advice kUnknown = {
    "A result code of the API that is not in its published list; it is kept as it came.",
    "Ask whoever runs the API what it means, then import again."};

std::string key_of(const ItemState& state) {
  const Cause& cause = *state.cause;
  return fmt::format("{} {} {} {}\n{}\n{}", static_cast<int>(state.outcome),
                     static_cast<int>(cause.kind), cause.http_status, cause.result, cause.code,
                     cause.kind == Cause::Kind::invalid ? cause.message : "");
}

}  // namespace

std::string label_of(const ItemState& state) {
  if (counted_as(state) == Outcome::pending) return std::string(kNotSent);
  if (counted_as(state) == Outcome::unconfirmed) return std::string(kUnconfirmed);
  if (state.cause == nullptr) return "UNKNOWN";
  switch (state.cause->kind) {
    case Cause::Kind::invalid:
      return std::string(kInvalid);
    case Cause::Kind::result:
      return state.cause->result.empty() ? "UNKNOWN" : state.cause->result;
    case Cause::Kind::refused:
      return std::string(kRefused);
    case Cause::Kind::unanswered:
      return std::string(kNoAnswer);
    case Cause::Kind::no_result:
      return std::string(kUnconfirmed);
  }
  return "UNKNOWN";
}

std::string in_words(const Cause& cause) {
  std::string text;
  if (cause.kind == Cause::Kind::result) text = "result " + cause.result;
  if (cause.kind != Cause::Kind::result && cause.http_status != 0) {
    text = fmt::format("HTTP {}", cause.http_status);
  }
  if (cause.kind == Cause::Kind::unanswered && cause.http_status == 0) text = "no answer";
  for (const std::string* more : {&cause.code, &cause.message}) {
    if (more->empty()) continue;
    if (!text.empty()) text += ": ";
    text += *more;
  }
  if (cause.kind == Cause::Kind::no_result && cause.message.empty()) {
    text += text.empty() ? "the answer says nothing of it" : ": the answer says nothing of it";
  }
  return printable(text, Cause::kMostMessage);
}

const std::string& CauseWords::of(const ItemState& state) {
  if (state.cause == last_) return words_;
  last_ = state.cause;
  words_ = last_ == nullptr ? std::string() : in_words(*last_);
  return words_;
}

Advice advice_for(std::string_view label, int http_status) {
  if (label == kRefused) return http_status == 413 ? kTooLarge : kRefusedAdvice;
  for (const Entry& entry : kAdvice) {
    if (equal_ignoring_case(entry.label, label)) return entry.advice;
  }
  return kUnknown;
}

std::string_view one_of(ImportType type) {
  return type == ImportType::customers ? "customer" : "household";
}
std::string_view many_of(ImportType type) {
  return type == ImportType::customers ? "customers" : "households";
}

void CauseCounts::add(const ItemState& state) {
  if (state.cause == nullptr || has_arrived(state.outcome)) return;
  if (state.cause != last_ || state.outcome != last_outcome_ || last_count_ == nullptr) {
    last_count_ = nullptr;
    const std::string key = key_of(state);
    auto at = counts_.find(key);
    if (at == counts_.end()) {
      if (counts_.size() == kMostKept) return;  // so many different ones are told in the files
      at = counts_.emplace(key, CauseCount{*state.cause, state.outcome, 0}).first;
    }
    last_ = state.cause;
    last_outcome_ = state.outcome;
    last_count_ = &at->second;
  }
  ++last_count_->items;
}

std::vector<CauseCount> CauseCounts::sorted() const {
  std::vector<decltype(counts_)::const_pointer> order;
  order.reserve(counts_.size());
  for (const auto& entry : counts_) order.push_back(&entry);
  std::ranges::sort(order, [](const auto* a, const auto* b) {
    return a->second.items != b->second.items ? a->second.items > b->second.items
                                              : a->first < b->first;
  });
  if (order.size() > Report::kMostCauses) order.resize(Report::kMostCauses);
  std::vector<CauseCount> sorted;
  sorted.reserve(order.size());
  for (const auto* entry : order) sorted.push_back(entry->second);
  return sorted;
}

}  // namespace usher::customers
