// SPDX-License-Identifier: Apache-2.0
// The two forms of a failed row: one JSON object a line, and RFC 4180. Cells are kept exactly: a
// program reads these files back (usher analyze-errors), and a cell changed to please spreadsheets
// would be imported changed.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "run/error_log.h"
#include "source/csv_cell.h"
#include "source/secret_column.h"

namespace usher {
namespace {

// Which cells are shown as they are. In a ragged record no cell is certain to stand in its own
// column, so that a password may stand anywhere: then only the e-mail is shown.
class Mask {
 public:
  Mask(const FailedRow& row, bool include_secrets)
      : row_(row),
        secrets_(!include_secrets && std::ranges::any_of(row.header, is_secret_column)),
        uncertain_(row.cells.size() != row.header.size()) {}

  [[nodiscard]] std::string_view operator()(std::size_t column) const {
    const std::string& cell = row_.cells[column];
    return secrets_ && !cell.empty() && hides(column) ? Secret::kMask : std::string_view(cell);
  }

 private:
  [[nodiscard]] bool hides(std::size_t column) const {
    if (!uncertain_) return is_secret_column(row_.header[column]);
    return column >= row_.header.size() || row_.header[column] != "email";
  }

  const FailedRow& row_;
  bool secrets_;
  bool uncertain_;
};

// Header name to cell; cells beyond the header stand in "_extra", missing ones are absent.
void write_cells(JsonWriter& json, const FailedRow& row, bool include_secrets) {
  const Mask shown(row, include_secrets);
  const std::size_t named = std::min(row.header.size(), row.cells.size());
  json.open_object();
  for (std::size_t column = 0; column < named; ++column) {
    json.field(row.header[column], shown(column));
  }
  if (row.cells.size() > named) {
    json.key("_extra").open_array();
    for (std::size_t column = named; column < row.cells.size(); ++column) {
      json.value(shown(column));
    }
    json.close_array();
  }
  json.close_object();
}

std::string cells_as_json(const FailedRow& row, bool include_secrets) {
  std::string text;
  JsonWriter json(text);
  write_cells(json, row, include_secrets);
  return text;
}

void write_problems(JsonWriter& json, const std::vector<ApiProblem>& problems) {
  json.key("workosErrors").open_array();
  for (const ApiProblem& problem : problems) {
    json.open_object();
    if (!problem.code.empty()) json.field("code", std::string_view(problem.code));
    if (!problem.field.empty()) json.field("field", std::string_view(problem.field));
    if (!problem.message.empty()) json.field("message", std::string_view(problem.message));
    json.close_object();
  }
  json.close_array();
}

void write_if_any(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.field(name, text);
}

}  // namespace

void append_json_line(std::string& out, const FailedRow& row, bool include_secrets) {
  const Failure& failure = row.failure;
  JsonWriter json(out);
  json.open_object();
  json.field("recordNumber", row.record);
  json.field("email", std::string_view(row.email));
  write_if_any(json, "userId", failure.user_id);
  json.field("errorType", to_string(failure.at));
  json.field("errorMessage", std::string_view(failure.message));
  if (failure.http_status != 0) json.field("httpStatus", failure.http_status);
  write_if_any(json, "workosCode", failure.code);
  write_if_any(json, "workosRequestId", failure.request_id);
  if (!failure.errors.empty()) write_problems(json, failure.errors);
  json.field("retryable", failure.passing);
  if (row.org.by == OrgRef::By::id) write_if_any(json, "orgId", row.org.value);
  if (row.org.by == OrgRef::By::external_id) write_if_any(json, "orgExternalId", row.org.value);
  json.field("timestamp", std::string_view(to_iso8601(row.at)));
  write_if_any(json, "csvPath", row.csv_path);
  json.key("rawRow");
  write_cells(json, row, include_secrets);
  json.close_object();
  out += '\n';
}

std::string_view csv_header() {
  return "recordNumber,email,userId,errorType,errorMessage,httpStatus,workosCode,workosRequestId,"
         "timestamp,rawRow\n";
}

void append_csv_line(std::string& out, const FailedRow& row, bool include_secrets) {
  const Failure& failure = row.failure;
  const std::string status =
      failure.http_status == 0 ? std::string() : std::to_string(failure.http_status);
  const std::string cells[] = {std::to_string(row.record),
                               row.email,
                               failure.user_id,
                               std::string(to_string(failure.at)),
                               failure.message,
                               status,
                               failure.code,
                               failure.request_id,
                               to_iso8601(row.at),
                               cells_as_json(row, include_secrets)};
  bool first = true;
  for (const std::string& cell : cells) {
    if (!std::exchange(first, false)) out += ',';
    csv::append_cell(out, cell);
  }
  out += '\n';
}

}  // namespace usher
