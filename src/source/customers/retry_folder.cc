// SPDX-License-Identifier: Apache-2.0
// retry_summary.json, as this program and the existing tool write it: what of it matters for
// another try. Tested by retry_folder_test.cc.
#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "source/customers/input_bytes.h"
#include "source/customers/inputs.h"

namespace usher::customers {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostSummary = std::size_t{64} << 20;

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const found = object.if_contains(name);
  const auto* const text = found != nullptr ? found->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

std::uint64_t number_of(const json::value& value) {
  json::error_code error;
  const auto number = value.to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

// A list of pairs, sorted; what is no pair of numbers says nothing.
std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_of(const json::object& detail) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  const auto* const found = detail.if_contains("maybe");
  if (found == nullptr || !found->is_array()) return ranges;
  for (const auto& range : found->get_array()) {
    if (!range.is_array() || range.get_array().size() != 2) continue;
    const auto first = number_of(range.get_array()[0]);
    const auto last = number_of(range.get_array()[1]);
    if (first > 0 && first <= last) ranges.emplace_back(first, last);
  }
  std::ranges::sort(ranges);
  return ranges;
}

void read_files(const json::object& summary, std::vector<RetryOrigin::File>& files) {
  const auto* const details = summary.if_contains("retry_file_details");
  if (details == nullptr || !details->is_array()) return;
  for (const auto& detail : details->get_array()) {
    if (!detail.is_object()) continue;
    const auto& object = detail.get_object();
    RetryOrigin::File file;
    file.name = text_of(object, "file");
    file.sha256 = text_of(object, "sha256");
    if (const auto* const items = object.if_contains("items")) file.items = number_of(*items);
    file.maybe = ranges_of(object);
    if (!file.name.empty() && !file.name.contains('/')) files.push_back(std::move(file));
  }
}

}  // namespace

Result<std::optional<RetryOrigin>> read_retry_folder(const std::string& folder) {
  const std::string path = folder + "/retry_summary.json";
  if (!exists(path)) return std::optional<RetryOrigin>();
  USHER_TRY_ASSIGN(const std::string text, read_file(path, kMostSummary));
  json::error_code error;
  const json::value parsed = json::parse(text, error);
  const auto trouble = [&](std::string_view problem) {
    return fail(fmt::format("{}: {}", shown_path(path), problem),
                "name the files retry_batch_*_failed.json themselves instead of the folder");
  };
  if (error || !parsed.is_object()) return trouble("is no JSON object");
  const json::object& summary = parsed.get_object();
  RetryOrigin origin;
  origin.folder = folder;
  const std::string type = lower_ascii(text_of(summary, "import_type"));
  if (type != "customers" && type != "households") {
    return trouble("says in no import_type whether it is about customers or households");
  }
  origin.type = type == "customers" ? ImportType::customers : ImportType::households;
  const std::string platform = text_of(summary, "platform_mode");
  if (platform == "c4r") origin.platform = Platform::c4r;
  if (platform == "engage") origin.platform = Platform::engage;
  const std::string environment = text_of(summary, "environment");
  if (environment == "development") origin.environment = Environment::development;
  if (environment == "production") origin.environment = Environment::production;
  origin.api_url = text_of(summary, "api_url");
  origin.job = text_of(summary, "job");
  origin.used = text_of(summary, "used");
  origin.superseded_by = text_of(summary, "superseded_by");
  const auto* const complete = summary.if_contains("complete");
  origin.complete = complete == nullptr || !complete->is_bool() || complete->get_bool();
  read_files(summary, origin.files);
  for (RetryOrigin::File& file : origin.files) file.api_url = origin.api_url;
  return std::optional(std::move(origin));
}

}  // namespace usher::customers
