// SPDX-License-Identifier: Apache-2.0
// Reads fault files and --fault flags. Whoever writes one by hand must find a slip at once, so
// unknown fields, wrong types and values out of range are refused with the fault's index and the
// field's name. Tested by fault_file_test.cc.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/core.h>

#include "base/text.h"
#include "sandbox/faults.h"

namespace usher::sandbox {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::size_t kMostFaults = 1000;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostText = 1024;
constexpr std::uint64_t kMostDelayMs = 600'000;
constexpr std::uint64_t kMostRequests = 1'000'000'000'000;
constexpr const char* kManual = "Fault files are described in docs/sandbox.md";

constexpr std::array<std::pair<std::string_view, FaultKind>, 22> kKinds = {{
    {"latency", FaultKind::latency},
    {"throttle", FaultKind::throttle},
    {"error_json", FaultKind::error_json},
    {"error_html", FaultKind::error_html},
    {"reset_before", FaultKind::reset_before},
    {"commit_then_cut", FaultKind::commit_then_cut},
    {"commit_then_hang", FaultKind::commit_then_hang},
    {"commit_then_error", FaultKind::commit_then_error},
    {"slow_body", FaultKind::slow_body},
    {"cut_body", FaultKind::cut_body},
    {"wrong_content_type", FaultKind::wrong_content_type},
    {"gateway_timeout", FaultKind::gateway_timeout},
    {"expire_tokens", FaultKind::expire_tokens},
    {"result", FaultKind::result},
    {"drop_result", FaultKind::drop_result},
    {"shuffle_results", FaultKind::shuffle_results},
    {"no_ids", FaultKind::no_ids},
    {"lower_case", FaultKind::lower_case},
    {"extra_result", FaultKind::extra_result},
    {"empty_body", FaultKind::empty_body},
    {"html_page", FaultKind::html_page},
    {"other_answer", FaultKind::other_answer},
}};

constexpr std::array<std::string_view, 12> kFields = {
    "kind",        "name",     "method",    "path",  "probability", "status",
    "retry_after", "delay_ms", "jitter_ms", "after", "every",       "count"};
constexpr std::array<std::string_view, 19> kCustomerFields = {
    "kind",     "name",      "method", "path",  "probability", "status",     "retry_after",
    "delay_ms", "jitter_ms", "after",  "every", "count",       "items_over", "commit",
    "result",   "id",        "once",   "body",  "content_type"};

template <class List, class Name>
std::string listed(const List& list, Name name) {
  std::string text;
  for (const auto& entry : list) text += (text.empty() ? "" : ", ") + std::string(name(entry));
  return text;
}

std::string kinds_listed(Api api) {
  std::vector<std::string_view> names;
  for (const auto& [name, kind] : kKinds) {
    if (known_to(api, kind)) names.push_back(name);
  }
  return "Kinds: " + listed(names, [](auto name) { return name; });
}

std::optional<FaultKind> kind_of(std::string_view name, Api api) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& entry) {
    return entry.first == name && known_to(api, entry.second);
  });
  return found == kKinds.end() ? std::nullopt : std::optional(found->second);
}

bool is_result_code(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'A' && letter <= 'Z') || letter == '_';
  });
}

// The fields of one JSON object, named in errors as "faults[3].path".
class Fields {
 public:
  Fields(const json::object& object, std::string place)
      : object_(object), place_(std::move(place)) {}

  [[nodiscard]] Status text(std::string_view name, std::string& into) const {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return wrong(name, "a text");
    if (value->get_string().size() > kMostText) {
      return fail(fmt::format("{} is longer than {} bytes", at(name), kMostText), kManual);
    }
    into = std::string(value->get_string());
    return {};
  }

  [[nodiscard]] Status whole(std::string_view name, std::uint64_t least, std::uint64_t most,
                             std::uint64_t& into) const {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return {};
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    if (!value->is_number() || error || number < least || number > most) {
      return wrong(name, fmt::format("a whole number from {} to {}", least, most));
    }
    into = number;
    return {};
  }

  [[nodiscard]] Status share(std::string_view name, double& into) const {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return {};
    json::error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : -1;
    if (error || !(number >= 0 && number <= 1)) return wrong(name, "a number from 0 to 1");
    into = number;
    return {};
  }

  [[nodiscard]] Status truth(std::string_view name, bool& into) const {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return {};
    if (!value->is_bool()) return wrong(name, "true or false");
    into = value->get_bool();
    return {};
  }

  template <class Known>
  [[nodiscard]] Status only(const Known& known) const {
    for (const auto& entry : object_) {
      const std::string_view name = entry.key();
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        return fail(at(printable(name)) + " is not a field here",
                    "Fields: " + listed(known, [](auto field) { return field; }));
      }
    }
    return {};
  }

  [[nodiscard]] const json::value* find(std::string_view name) const {
    return object_.if_contains(name);
  }
  [[nodiscard]] std::string at(std::string_view name) const {
    return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
  }
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view name, std::string_view wanted) const {
    const auto given = printable(json::serialize(object_.at(name)), 60);
    return fail(fmt::format("{} is {}, which is not {}", at(name), given, wanted), kManual);
  }

 private:
  const json::object& object_;
  std::string place_;
};

Status read_kind(const Fields& fields, Api api, Fault& fault) {
  if (fields.find("kind") == nullptr)
    return fail(fields.at("kind") + " is missing", kinds_listed(api));
  std::string name;
  USHER_TRY(fields.text("kind", name));
  const auto kind = kind_of(name, api);
  if (!kind) {
    return fail(fmt::format("{} is \"{}\", which no fault is called", fields.at("kind"),
                            printable(name, 60)),
                kinds_listed(api));
  }
  fault.kind = *kind;
  return {};
}

Status read_target(const Fields& fields, Fault& fault) {
  USHER_TRY(fields.text("method", fault.method));
  const bool letters = !fault.method.empty() &&
                       std::all_of(fault.method.begin(), fault.method.end(),
                                   [](char letter) { return letter >= 'A' && letter <= 'Z'; });
  if (fault.method != "*" && !letters) {
    return fields.wrong("method", "a verb in capitals (POST) or \"*\"");
  }
  USHER_TRY(fields.text("path", fault.path));
  if (fault.path != "*" && !fault.path.starts_with('/')) {
    return fields.wrong("path", "a path that begins with / (it may end with /*), or \"*\"");
  }
  return {};
}

// Text that goes into a header must stay there.
Status read_line(const Fields& fields, std::string_view name, std::string& into) {
  USHER_TRY(fields.text(name, into));
  const bool plain = std::all_of(into.begin(), into.end(),
                                 [](char letter) { return letter >= ' ' && letter <= '~'; });
  if (!plain) return fields.wrong(name, "printable ASCII");
  return {};
}

// A number of seconds is as good as its text.
Status read_retry_after(const Fields& fields, Fault& fault) {
  const auto* value = fields.find("retry_after");
  if (value == nullptr) return {};
  if (value->is_number()) {
    std::uint64_t seconds = 0;
    USHER_TRY(fields.whole("retry_after", 0, 86'400, seconds));
    fault.retry_after = std::to_string(seconds);
    return {};
  }
  return read_line(fields, "retry_after", fault.retry_after);
}

Status read_numbers(const Fields& fields, Fault& fault) {
  USHER_TRY(fields.share("probability", fault.probability));
  auto status = static_cast<std::uint64_t>(fault.status);
  auto delay = static_cast<std::uint64_t>(fault.delay.count());
  auto jitter = static_cast<std::uint64_t>(fault.jitter.count());
  const std::uint64_t least_status = fault.kind == FaultKind::other_answer ? 200 : 400;
  USHER_TRY(fields.whole("status", least_status, 599, status));
  USHER_TRY(fields.whole("delay_ms", 0, kMostDelayMs, delay));
  USHER_TRY(fields.whole("jitter_ms", 0, kMostDelayMs, jitter));
  USHER_TRY(fields.whole("after", 0, kMostRequests, fault.after));
  USHER_TRY(fields.whole("every", 0, kMostRequests, fault.every));
  USHER_TRY(fields.whole("count", 0, kMostRequests, fault.count));
  fault.status = static_cast<int>(status);
  fault.delay = milliseconds(delay);
  fault.jitter = milliseconds(jitter);
  if (fault.every > 0 && fields.find("probability") != nullptr) {
    return fail(fields.at("every") + " and probability exclude each other",
                "Leave one out: every n-th request, or each by chance");
  }
  return {};
}

Status read_of_customers(const Fields& fields, Fault& fault) {
  USHER_TRY(fields.whole("items_over", 0, kMostRequests, fault.items_over));
  USHER_TRY(fields.share("commit", fault.commit));
  USHER_TRY(fields.text("result", fault.result));
  USHER_TRY(fields.text("id", fault.id));
  USHER_TRY(fields.truth("once", fault.once));
  USHER_TRY(fields.text("body", fault.body));
  return read_line(fields, "content_type", fault.content_type);
}

Result<Fault> read_fault(const json::value& value, std::size_t index, Api api) {
  auto place = fmt::format("faults[{}]", index);
  if (!value.is_object()) return fail(place + " is not an object", kManual);
  const Fields fields(value.get_object(), std::move(place));
  Fault fault;
  USHER_TRY(api == Api::users ? fields.only(kFields) : fields.only(kCustomerFields));
  USHER_TRY(read_kind(fields, api, fault));
  USHER_TRY(read_target(fields, fault));
  USHER_TRY(read_retry_after(fields, fault));
  USHER_TRY(read_numbers(fields, fault));
  USHER_TRY(fields.text("name", fault.name));
  USHER_TRY(read_of_customers(fields, fault));
  return fault;
}

}  // namespace

bool known_to(Api api, FaultKind kind) {
  return api == Api::customers || kind <= FaultKind::wrong_content_type;
}

bool meets_items(FaultKind kind) {
  return kind == FaultKind::result || kind == FaultKind::drop_result;
}

std::string_view to_string(FaultKind kind) {
  for (const auto& [name, known] : kKinds) {
    if (known == kind) return name;
  }
  return "fault";
}

Result<Fault> parse_fault_flag(std::string_view text, Api api) {
  const auto equals = text.find('=');
  const auto name = trim(text.substr(0, equals));
  Fault fault;
  const bool code = api == Api::customers && is_result_code(name);
  const auto kind = code ? std::optional(FaultKind::result) : kind_of(name, api);
  if (!kind)
    return fail("--fault: no fault is called \"" + printable(name, 60) + "\"", kinds_listed(api));
  fault.kind = *kind;
  if (code) fault.result = fault.name = std::string(name);
  if (fault.kind == FaultKind::latency) fault.jitter = milliseconds(1000);
  if (fault.kind == FaultKind::slow_body) fault.delay = milliseconds(1000);
  if (equals == std::string_view::npos) return fault;
  const auto number = trim(text.substr(equals + 1));
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), fault.probability);
  const bool whole = error == std::errc() && end == number.data() + number.size();
  if (!whole || !(fault.probability >= 0 && fault.probability <= 1)) {
    return fail(fmt::format("--fault {}: \"{}\" is not a probability from 0 to 1", name,
                            printable(number, 60)),
                fmt::format("For one request in ten: --fault {}=0.1", name));
  }
  return fault;
}

Result<FaultPlan> FaultPlan::parse(std::string_view json, Api api) {
  if (json.size() > kMostBytes) {
    return fail("the fault file is larger than 1 MiB", "Name paths with /* instead of one by one");
  }
  json::error_code error;
  json::stream_parser parser;
  const auto read = parser.write_some(json.data(), json.size(), error);
  const auto rest = error ? std::string_view() : trim(json.substr(read));
  if (!error && !rest.empty()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) {
    const auto before = json.substr(0, read);
    return fail(fmt::format("line {}: not JSON: {}",
                            1 + std::count(before.begin(), before.end(), '\n'), error.message()),
                kManual);
  }
  const auto document = parser.release();
  if (!document.is_object()) {
    return fail("the fault file is not an object", R"(It looks like {"seed": 1, "faults": [...]})");
  }
  const Fields fields(document.get_object(), "");
  std::uint64_t seed = 1;
  USHER_TRY(fields.only(std::array<std::string_view, 2>{"seed", "faults"}));
  USHER_TRY(fields.whole("seed", 0, UINT64_MAX, seed));
  const auto* list = fields.find("faults");
  if (list == nullptr || !list->is_array()) {
    return fail("faults is missing or not an array",
                R"(It looks like {"faults": [{"kind": ...}]})");
  }
  if (list->get_array().size() > kMostFaults) {
    return fail(fmt::format("faults has more than {} entries", kMostFaults), kManual);
  }
  std::vector<Fault> faults;
  for (const auto& value : list->get_array()) {
    USHER_TRY_ASSIGN(auto fault, read_fault(value, faults.size(), api));
    faults.push_back(std::move(fault));
  }
  return FaultPlan(std::move(faults), seed);
}

}  // namespace usher::sandbox
