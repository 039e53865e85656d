// SPDX-License-Identifier: Apache-2.0
// Why items have not arrived, for people: a short label, which also names folders and counts, what
// it means, and what to do about it. Tested by causes_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/customer.h"
#include "run/customers/job.h"

namespace usher::customers {

// The API's own result code, verbatim, or one of ours.
inline constexpr std::string_view kInvalid = "INVALID";          // never sent: the check's errors
inline constexpr std::string_view kRefused = "REFUSED";          // the whole request
inline constexpr std::string_view kNoAnswer = "NO_ANSWER";       // after all attempts
inline constexpr std::string_view kUnconfirmed = "UNCONFIRMED";  // sent, and never heard of
inline constexpr std::string_view kNotSent = "NOT_SENT";
[[nodiscard]] std::string label_of(const ItemState& state);

// "HTTP 400: data[3].person is missing", "no answer: timeout", "result CONFLICT": one line.
[[nodiscard]] std::string in_words(const Cause& cause);

// The words of one item after the other: many in a row have the same cause.
class CauseWords {
 public:
  [[nodiscard]] const std::string& of(const ItemState& state);  // "" when it has none

 private:
  std::shared_ptr<const Cause> last_;
  std::string words_;
};

struct Advice {
  std::string_view means;  // one sentence in plain language
  std::string_view act;
};
// Of the label, and of the status where that says more; 0: none.
[[nodiscard]] Advice advice_for(std::string_view label, int http_status);

// "customer" and "customers", or "household" and "households".
[[nodiscard]] std::string_view one_of(ImportType type);
[[nodiscard]] std::string_view many_of(ImportType type);

// Gathers what items end as, grouped for people, in bounded memory.
class CauseCounts {
 public:
  void add(const ItemState& state);
  // The most frequent first, at most Report::kMostCauses.
  [[nodiscard]] std::vector<CauseCount> sorted() const;

 private:
  static constexpr std::size_t kMostKept = 1'000;
  std::map<std::string, CauseCount> counts_;
  std::shared_ptr<const Cause> last_;
  Outcome last_outcome_ = Outcome::failed;
  CauseCount* last_count_ = nullptr;
};

}  // namespace usher::customers
