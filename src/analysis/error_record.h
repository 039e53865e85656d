// SPDX-License-Identifier: Apache-2.0
// One line of an errors file, read back (docs/errors.md): ours, and those of the existing toolkit,
// which lack some fields. A field of another kind than it should be is as if it were absent; only
// text that is no JSON object is refused. Pure. Tested by error_record_test.cc and
// tests/fuzz/errors_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::analysis {

struct ErrorRecord {
  std::uint64_t number = 0;  // of the record in the input; 0: the line does not say
  std::string email;
  std::string user_id;
  std::string type;  // errorType
  std::string message;
  int status = 0;  // 0: none
  std::string code;
  std::vector<std::string> inner_codes;  // of workosErrors, at most 32
  std::optional<bool> retryable;
  std::string org_id;
  std::string org_external_id;
  std::string csv_path;
  std::string_view raw_row;  // the JSON object, as it stands in the line; empty: none
};

// Replaces `record`, whose views point into `line`. Otherwise says what is wrong.
[[nodiscard]] std::optional<std::string> read_error(std::string_view line, ErrorRecord& record);

// The cells of a rawRow, in its order: text as it is, other values as their JSON text, null as
// nothing. What is under "_extra" (cells beyond the header) is left out.
struct RawRow {
  std::vector<std::pair<std::string, std::string>> cells;
  bool ragged = false;  // it had cells beyond the header

  [[nodiscard]] const std::string* find(std::string_view column) const;
};
[[nodiscard]] bool read_raw_row(std::string_view json, RawRow& row);

// The line for a report: secrets masked, and small: of a long one rawRow is left out.
[[nodiscard]] std::string as_example(std::string_view line);

}  // namespace usher::analysis
