// SPDX-License-Identifier: Apache-2.0
// The outcome of a check and of an import for programs: one JSON object each.
#include <algorithm>
#include <string>

#include "app/customers/import.h"
#include "base/json.h"
#include "run/customers/ending.h"

namespace usher::customers {
namespace {

// "input not read" as one word, as values of JSON usually are.
std::string word(Report::End end) {
  std::string text(to_word(end));
  std::ranges::replace(text, ' ', '-');
  return text;
}

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::pending:
      return "not-sent";
    case Outcome::arrived:
      return "arrived";
    case Outcome::echo:
      return "echo";
    case Outcome::failed:
      return "failed";
    case Outcome::unconfirmed:
      return "unconfirmed";
  }
  return "";
}

void add_check(JsonWriter& out, const Checked& checked) {
  const check::ItemReport& report = checked.report;
  out.key("check").open_object().field("items", checked.items);
  out.field("batches", checked.batches).field("bad", report.bad);
  out.field("errors", report.errors).field("warnings", report.warnings);
  out.key("files").open_array();
  for (const InputFile& file : checked.files) {
    out.open_object().field("path", file.path).field("shape", to_string(file.shape));
    out.field("items", file.items).field("bytes", file.bytes).close_object();
  }
  out.close_array().key("notes").open_array();
  for (const std::string& note : checked.notes) out.value(note);
  out.close_array().key("findings").open_array();
  for (const check::ItemFinding& finding : report.findings) {
    const bool error = finding.severity == check::ItemFinding::Severity::error;
    out.open_object().field("severity", error ? "error" : "warning");
    out.field("rule", finding.rule).field("message", finding.message);
    out.field("file", finding.file).field("item", finding.in_file);
    out.field("line", finding.line).close_object();
  }
  out.close_array().close_object();
}

void add_counts(JsonWriter& out, const Report& report) {
  const ItemCounts& counts = report.counts;
  out.key("counts").open_object().field("total", report.items);
  out.field("arrived", counts.there()).field("echoes", counts.echoes);
  out.field("failed", counts.failed).field("invalid", counts.invalid);
  out.field("unconfirmed", counts.unconfirmed).field("notSent", counts.pending).close_object();
}

void add_causes(JsonWriter& out, const Report& report) {
  out.key("causes").open_array();
  for (const CauseCount& each : report.causes) {
    out.open_object().field("items", each.items).field("outcome", word(each.outcome));
    out.field("result", each.cause.result).field("httpStatus", each.cause.http_status);
    out.field("code", each.cause.code).field("message", each.cause.message).close_object();
  }
  out.close_array();
}

}  // namespace

std::string to_json(const Checked& checked) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("success", checked.report.errors == 0);
  out.field("type", to_string(checked.type));
  add_check(out, checked);
  out.close_object();
  return text;
}

std::string to_json(const Report& report, const Checked* checked) {
  const BatchImport::Traffic& traffic = report.traffic;
  std::string text;
  JsonWriter out(text);
  out.open_object();
  out.field("success", report.end == Report::End::finished && report.counts.missing() == 0);
  out.field("job", report.job).field("folder", report.folder).field("end", word(report.end));
  out.field("reason", report.reason.what).field("next", report.reason.next);
  out.field("batches", report.batches);
  add_counts(out, report);
  out.key("requests").open_object().field("sent", traffic.requests);
  out.field("repeated", traffic.retries).field("throttled", traffic.throttled);
  out.field("halved", traffic.halved).field("logins", traffic.logins).close_object();
  add_causes(out, report);
  out.field("retryFolder", report.retry_folder).field("retryFiles", report.retry_files);
  out.field("retryComplete", report.retry_complete);
  out.field("failedFile", report.failed_file);
  if (checked != nullptr) add_check(out, *checked);
  out.close_object();
  return text;
}

}  // namespace usher::customers
