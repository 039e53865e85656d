// SPDX-License-Identifier: Apache-2.0
// Lines of an errors file come from anywhere: of each the analysis must say what it makes of it,
// and count it once. Boost.JSON is asked whether a line is a JSON object at all.
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "base/text.h"
#include "fuzz/require.h"

namespace usher::analysis {
namespace {

namespace json = boost::json;

// Ours keeps numbers as text, and does not nest as deeply.
bool taken_by_boost(std::string_view line) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 32;
  const auto value = json::parse(json::string_view(line.data(), line.size()), error, {}, options);
  return !error && value.is_object();
}

void check_example(std::string_view line) {
  const std::string example = as_example(line);
  require(!find_invalid_utf8(example), "an example is UTF-8");
  ErrorRecord again;
  require(!read_error(example, again), "an example is a line");
}

void analyze(std::string_view text) {
  Analyzer analyzer;
  ErrorRecord record;
  std::uint64_t good = 0;
  std::uint64_t bad = 0;
  for (const auto line : split(text, '\n')) {
    if (auto problem = read_error(line, record)) {
      require(!problem->empty(), "a refusal says why");
      require(!taken_by_boost(line), "what Boost.JSON takes as an object is taken");
      analyzer.add_bad(++bad, std::move(*problem));
      continue;
    }
    ++good;
    require(record.status >= 0 && record.status <= 999, "a status is one");
    require(analyzer.add(line, record).has_value(), "a line is counted");
    check_example(line);
    RawRow row;
    if (!record.raw_row.empty()) static_cast<void>(read_raw_row(record.raw_row, row));
  }
  const auto found = analyzer.finish();
  require(found.has_value(), "it ends");
  require(found->total == good && found->bad_lines == bad, "every line is counted once");
  std::uint64_t grouped = found->ungrouped;
  for (const Group& group : found->groups) grouped += group.count;
  require(grouped == good, "every error is in one group");
  const std::string report =
      "{" + report_members(*found, suggest(*found, "users.csv"), {"e", "h", "t"}) + "}";
  require(taken_by_boost(report), "the report is JSON");
}

}  // namespace
}  // namespace usher::analysis

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  usher::analysis::analyze({reinterpret_cast<const char*>(data), size});
  return 0;
}
