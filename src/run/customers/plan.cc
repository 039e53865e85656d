// SPDX-License-Identifier: Apache-2.0
// The plan of a customer job as its store keeps it: JSON, without anything secret. Tested by
// plan_test.cc.
#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "run/customers/job.h"
#include "run/job/fields.h"

namespace usher::customers {
namespace {

using job::Fields;
using job::word;

constexpr int kFormat = 1;

// Words that reach the disk, by the number of the enumerator.
constexpr std::array kPlatforms = {"c4r", "engage"};
constexpr std::array kEnvironments = {"development", "production"};
constexpr std::array kTypes = {"customers", "households"};
constexpr std::array kShapes = {"data", "households", "customers", "array", "csv"};

void write_endpoint(JsonWriter& out, const Endpoint& endpoint) {
  out.field("platform", word(kPlatforms, endpoint.platform));
  out.field("environment", word(kEnvironments, endpoint.environment));
  out.field("type", word(kTypes, endpoint.type));
  out.field("api_url", endpoint.api_url).field("auth_url", endpoint.auth_url);
  out.field("allow_http", endpoint.allow_plaintext);
}

void read_endpoint(Fields& in, Endpoint& endpoint) {
  in.read_word("platform", kPlatforms, endpoint.platform);
  in.read_word("environment", kEnvironments, endpoint.environment);
  in.read_word("type", kTypes, endpoint.type);
  in.read("api_url", endpoint.api_url);
  in.read("auth_url", endpoint.auth_url);
  in.read("allow_http", endpoint.allow_plaintext);
}

void write_pace(JsonWriter& out, const Plan& plan) {
  out.field("batch_size", std::uint64_t{plan.pace.batch_size});
  out.field("workers", plan.pace.workers);
  out.field("delay_us", std::int64_t{plan.pace.delay.count()});
  out.field("attempts", plan.pace.attempts);
  out.field("timeout_ms", std::int64_t{plan.timeout.count()});
}

void read_pace(Fields& in, Plan& plan) {
  std::int64_t delay = 0;
  std::int64_t timeout = 0;
  in.read_number("batch_size", plan.pace.batch_size);
  in.read_number("workers", plan.pace.workers);
  in.read_number("delay_us", delay);
  in.read_number("attempts", plan.pace.attempts);
  in.read_number("timeout_ms", timeout);
  plan.pace.delay = Duration{delay};
  plan.timeout = std::chrono::milliseconds{timeout};
}

void write_files(JsonWriter& out, const std::vector<InputFile>& files) {
  out.key("files").open_array();
  for (const InputFile& file : files) {
    out.open_object().field("path", file.path).field("shape", word(kShapes, file.shape));
    out.field("bytes", file.bytes).field("items", file.items);
    out.field("first_item", file.first_item).field("sha256", file.sha256).close_object();
  }
  out.close_array();
}

InputFile read_file(Fields& in) {
  InputFile file;
  in.read("path", file.path);
  in.read_word("shape", kShapes, file.shape);
  in.read_number("bytes", file.bytes);
  in.read_number("items", file.items);
  in.read_number("first_item", file.first_item);
  in.read("sha256", file.sha256);
  return file;
}

}  // namespace

Inputs::Wish inputs_of(const Plan& plan) {
  Inputs::Wish wish;
  wish.paths = plan.paths;
  wish.type = plan.endpoint.type;
  wish.batch_size = plan.pace.batch_size;
  wish.csv_mapping = plan.csv_mapping;
  wish.api_url = plan.endpoint.api_url;
  return wish;
}

std::string to_json(const Plan& plan) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("format", kFormat).field("created", to_iso8601(plan.created));
  out.key("paths").open_array();
  for (const std::string& path : plan.paths) out.value(path);
  out.close_array();
  out.field("csv_mapping", plan.csv_mapping);
  out.field("csv_mapping_sha256", plan.csv_mapping_sha256);
  write_endpoint(out, plan.endpoint);
  out.field("profile", plan.profile).field("profiles", plan.profiles);
  out.field("user", plan.user);
  write_pace(out, plan);
  out.field("out", plan.out);
  write_files(out, plan.files);
  out.field("items", plan.items).field("batches", plan.batches);
  out.field("retry_folder", plan.retry_folder).close_object();
  return text;
}

Result<Plan> parse_plan(std::string_view text) {
  boost::system::error_code error;
  const boost::json::value document = boost::json::parse(text, error);
  if (error || !document.is_object()) return fail("the job's plan is no JSON object");
  Fields in(document.get_object());
  int format = 0;
  in.read_number("format", format);
  if (format > kFormat) {
    return fail(fmt::format("the job's plan has format {}, this version knows {}", format, kFormat),
                "go on with the version of usher that made the job");
  }
  Plan plan;
  std::string created;
  in.read("created", created);
  in.read_texts("paths", [&](std::string path) { plan.paths.push_back(std::move(path)); });
  in.read("csv_mapping", plan.csv_mapping);
  in.read("csv_mapping_sha256", plan.csv_mapping_sha256);
  read_endpoint(in, plan.endpoint);
  in.read("profile", plan.profile);
  in.read("profiles", plan.profiles);
  in.read("user", plan.user);
  read_pace(in, plan);
  in.read("out", plan.out);
  in.read_objects("files", [&](Fields& file) { plan.files.push_back(read_file(file)); });
  in.read_number("items", plan.items);
  in.read_number("batches", plan.batches);
  in.read("retry_folder", plan.retry_folder);
  if (!in.missing().empty()) return fail("the job's plan says nothing usable of " + in.missing());
  const Pace& pace = plan.pace;
  if (pace.batch_size < 1 || pace.batch_size > kMostInBatch || pace.workers < 1 ||
      pace.workers > Pace::kMostWorkers || pace.attempts < 1 || pace.delay < Duration{0} ||
      plan.timeout <= std::chrono::milliseconds{0}) {
    return fail("the job's plan has a pace that cannot be");
  }
  plan.created = parse_iso8601(created).value_or(WallTime{});
  return plan;
}

}  // namespace usher::customers
