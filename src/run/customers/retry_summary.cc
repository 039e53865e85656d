// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_summary.h"

#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "run/customers/causes.h"
#include "run/customers/stamp.h"

namespace usher::customers {
namespace {

// One entry of a list at the top, on a line of its own.
Status add_entry(Spill& list, std::string_view json) {
  USHER_TRY(list.add(list.empty() ? "\n    " : ",\n    "));
  return list.add(json);
}

std::string error_entry(const RetryFile& file, std::string_view name, ImportType type) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("batch_id", file.batch);
  out.field(type == ImportType::customers ? "customer_count" : "household_count", file.items);
  out.field("error", file.error);
  out.key("status_code");
  if (file.status) {
    out.value(*file.status);
  } else {
    out.null();
  }
  out.field("retry_file", name).field("source_file", file.source_file);
  out.field("first_item", file.first_item).field("last_item", file.last_item);
  out.key("results").open_object();
  for (const auto& [label, count] : file.results) out.field(label, count);
  out.close_object().field("cause", file.cause).close_object();
  return text;
}

std::string detail_entry(const RetryFile& file, std::string_view name, std::string_view sha256) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("file", name).field("sha256", sha256).field("items", file.items);
  out.key("maybe").open_array();
  for (const auto& [first, last] : file.maybe) {
    out.open_array().value(first).value(last).close_array();
  }
  out.close_array().close_object();
  return text;
}

// The facts before the lists: a line each.
class Lines {
 public:
  template <class T>
  Lines& field(std::string_view name, const T& content) {
    begin(name).value(content);
    text_ += ",\n";
    return *this;
  }
  Lines& none(std::string_view name) {
    begin(name).null();
    text_ += ",\n";
    return *this;
  }
  Lines& json(std::string_view name, std::string_view json) {
    begin(name).json(json);
    text_ += ",\n";
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  JsonWriter begin(std::string_view name) {
    text_ += "  ";
    append_json_string(text_, name);
    text_ += ": ";
    return JsonWriter(text_);
  }
  std::string text_;
};

std::string totals(const Plan& plan, const ItemCounts& counts) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("input", plan.items).field("arrived", counts.arrived);
  out.field("echoes", counts.echoes).field("failed", counts.failed);
  out.field("unconfirmed", counts.unconfirmed).field("not_sent", counts.pending);
  out.close_object();
  return text;
}

std::string texts(const std::vector<std::string>& texts) {
  std::string text;
  JsonWriter out(text);
  out.open_array();
  for (const std::string& one : texts) out.value(one);
  out.close_array();
  return text;
}

std::string causes(const std::vector<CauseCount>& causes) {
  std::string text;
  JsonWriter out(text);
  out.open_array();
  for (const CauseCount& cause : causes) {
    ItemState state;
    state.outcome = cause.outcome;
    state.cause = std::make_shared<Cause>(cause.cause);
    const std::string label = label_of(state);
    out.open_object().field("result", label).field("items", cause.items);
    out.field("error", in_words(cause.cause));
    out.field("cause", advice_for(label, cause.cause.http_status).means).close_object();
  }
  out.close_array();
  return text;
}

}  // namespace

Status RetrySummary::add(const RetryFile& file, std::string_view name, std::string_view sha256) {
  ++files_;
  items_ += file.items;
  for (const auto& [first, last] : file.maybe) maybe_ += last - first + 1;
  std::string quoted;
  append_json_string(quoted, name);
  USHER_TRY(add_entry(names_, quoted));
  USHER_TRY(add_entry(errors_, error_entry(file, name, type_)));
  return add_entry(details_, detail_entry(file, name, sha256));
}

Status RetrySummary::write(const std::string& folder, const Plan& plan, const RunFacts& facts) {
  Lines lines;
  lines.field("timestamp", local_iso8601(facts.now)).field("import_type", many_of(type_));
  lines.field("total_failed_batches", files_);
  lines.field(type_ == ImportType::customers ? "total_failed_customers" : "total_failed_households",
              items_);
  lines.none("used").none("superseded_by").field("complete", facts.complete);
  lines.field("platform_mode", to_string(plan.endpoint.platform));
  lines.field("environment", to_string(plan.endpoint.environment));
  lines.field("api_url", plan.endpoint.api_url).field("profile", plan.profile);
  lines.field("job", facts.job).field("run_ended", facts.end);
  lines.field("reason", facts.reason.what);
  lines.json("retry_of", texts(facts.retry_of));
  lines.json("totals", totals(plan, facts.counts)).json("causes", causes(facts.causes));

  USHER_TRY_ASSIGN(Replacement file, Replacement::begin(folder + "/" + std::string(kSummaryName)));
  USHER_TRY(file.write("{\n" + lines.text()));
  const auto list = [&](std::string_view name, const Spill& entries, bool last) -> Status {
    USHER_TRY(file.write("  \"" + std::string(name) + "\": ["));
    USHER_TRY(entries.each([&](std::string_view piece) { return file.write(piece); }));
    USHER_TRY(file.write(entries.empty() ? "]" : "\n  ]"));
    return file.write(last ? "\n}\n" : ",\n");
  };
  USHER_TRY(list("retry_files", names_, false));
  USHER_TRY(list("error_details", errors_, false));
  USHER_TRY(list("retry_file_details", details_, true));
  return file.commit();
}

}  // namespace usher::customers
