// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_marks.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "base/scratch.h"
#include "source/customers/inputs.h"

namespace usher::customers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kOurs =
    "{\n  \"import_type\": \"customers\",\n  \"used\": null,\n  \"superseded_by\": null,\n"
    "  \"retry_files\": [\n    \"retry_batch_01_failed.json\"\n  ],\n"
    "  \"error_details\": [\n    {\"error\":\"\\n  \\\"used\\\": 1,\"}\n  ]\n}\n";

boost::json::object summary_in(const ScratchFolder& folder) {
  boost::system::error_code error;
  const auto value = boost::json::parse(folder.read("retry_summary.json"), error);
  EXPECT_FALSE(error);
  return value.is_object() ? value.get_object() : boost::json::object();
}

TEST(RetryMarks, ChangeOneLineOfTheSummaryAndTheFirstOfTheInstructions) {
  const ScratchFolder folder;
  folder.write("retry_summary.json", kOurs);
  folder.write("RETRY_INSTRUCTIONS.md", "# Customers\n\nText\n");
  ASSERT_TRUE(mark_superseded(folder.path(), read_clocks().wall, "one", "/out/b \"c\""));
  EXPECT_EQ(summary_in(folder).at("superseded_by"), "/out/b \"c\"");
  EXPECT_TRUE(summary_in(folder).at("used").is_null());
  EXPECT_THAT(folder.read("RETRY_INSTRUCTIONS.md"), StartsWith("**IMPORTED again on "));
  ASSERT_TRUE(mark_used(folder.path(), read_clocks().wall, "two"));
  EXPECT_THAT(summary_in(folder).at("used").as_string().c_str(), HasSubstr("by the job two"));
  EXPECT_EQ(summary_in(folder).at("error_details").as_array().size(), 1U);
  const std::string text = folder.read("RETRY_INSTRUCTIONS.md");
  EXPECT_THAT(text, StartsWith("**USED on "));
  EXPECT_THAT(text, HasSubstr("**\n\n# Customers\n\nText\n"));
  EXPECT_EQ(text.find("IMPORTED"), text.npos);
  const auto origin = read_retry_folder(folder.path());
  ASSERT_TRUE(origin);
  EXPECT_THAT(origin->value_or(RetryOrigin()).used, HasSubstr("by the job two"));
}

TEST(RetryMarks, AreSetInASummaryOfTheExistingToolToo) {
  const ScratchFolder folder;
  folder.write("retry_summary.json", R"({"import_type": "customers", "retry_files": []})");
  ASSERT_TRUE(mark_used(folder.path(), read_clocks().wall, "two"));
  EXPECT_THAT(summary_in(folder).at("used").as_string().c_str(), HasSubstr("two"));
  EXPECT_EQ(summary_in(folder).at("import_type"), "customers");
  EXPECT_FALSE(folder.has("RETRY_INSTRUCTIONS.md"));
}

TEST(RetryMarks, OfAFolderThatIsGoneAreNoError) {
  const ScratchFolder folder;
  EXPECT_TRUE(mark_used(folder.at("none"), read_clocks().wall, "two"));
  folder.write("retry_summary.json", "{");
  EXPECT_FALSE(mark_used(folder.path(), read_clocks().wall, "two"));
  EXPECT_EQ(folder.read("retry_summary.json"), "{");
}

}  // namespace
}  // namespace usher::customers
