// SPDX-License-Identifier: Apache-2.0
// Whether a failed row can be tried again as it is, and what is the matter with it. Decided by what
// the line records (errorType, httpStatus, codes, `retryable`) and by what the row itself shows,
// never by the words of a message. Lines of the existing toolkit may record neither status nor
// code: unless the row shows what is wrong, these are not decided, and not called retryable. The
// table stands at the top of classify.cc. Pure. Tested by classify_test.cc, row by row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "analysis/error_record.h"

namespace usher::analysis {

enum class Severity : std::uint8_t { critical, high, medium, low };
[[nodiscard]] std::string_view to_string(Severity severity);

enum class Strategy : std::uint8_t { none, immediate, with_backoff, after_fix };
[[nodiscard]] std::string_view to_string(Strategy strategy);

struct Verdict {
  bool retryable = false;
  std::string_view reason;  // a word of the table: the key of byReason
  Severity severity = Severity::low;
  Strategy strategy = Strategy::none;
  int delay_ms = 0;  // before trying again; 0: no matter
};

[[nodiscard]] Verdict classify(const ErrorRecord& record);
// Every reason that there is, in the order of the table; each once.
[[nodiscard]] std::span<const std::string_view> reasons();

// Of a record whose line says too little, this: see kNotRecorded in byReason.
inline constexpr std::string_view kNotRecorded = "status_not_recorded";

}  // namespace usher::analysis
