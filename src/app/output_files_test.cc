// SPDX-License-Identifier: Apache-2.0
#include "app/output_files.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"

namespace usher {
namespace {

using ::testing::HasSubstr;

class OutputFiles : public ::testing::Test {
 protected:
  OutputFiles() : input_(folder_.write("in.csv", "email\n")) {
    std::error_code error;
    std::filesystem::create_directory(folder_.at("folder"), error);
    std::filesystem::create_symlink("in.csv", folder_.at("link.csv"), error);
    EXPECT_FALSE(error);
  }
  [[nodiscard]] std::string problem(const std::vector<std::string>& names) const {
    std::vector<OutputFile> outputs;
    outputs.reserve(names.size());
    for (const std::string& name : names) outputs.push_back({"--out", folder_.at(name)});
    const Status checked = check_outputs(input_, outputs);
    return checked ? "" : checked.error().what;
  }

  ScratchFolder folder_;
  std::string input_;
};

TEST_F(OutputFiles, MayBeNewOrThere) {
  folder_.write("old.csv", "");
  EXPECT_EQ(problem({"new.csv", "old.csv", "folder/new.csv"}), "");
}

TEST_F(OutputFiles, AreNoFoldersAndInFoldersThatAreThere) {
  EXPECT_THAT(problem({"folder"}), HasSubstr("is a folder"));
  EXPECT_THAT(problem({"folder/"}), HasSubstr("is a folder"));
  EXPECT_THAT(problem({"no/such.csv"}), HasSubstr("there is no folder"));
  EXPECT_THAT(problem({"in.csv/x"}), HasSubstr("there is no folder"));
  EXPECT_FALSE(check_output({"--out", ""}));
  EXPECT_FALSE(check_output({"--out", "-"}));
  EXPECT_FALSE(check_output({"--out", "/dev/null"}));
}

// What is renamed over a link takes the link away: /dev/stdout, when this is run by root.
TEST_F(OutputFiles, AreNoLinks) {
  std::error_code error;
  folder_.write("other.csv", "");
  std::filesystem::create_symlink("other.csv", folder_.at("to-file.csv"), error);
  std::filesystem::create_symlink("nothing.csv", folder_.at("to-nothing.csv"), error);
  ASSERT_FALSE(error);
  EXPECT_THAT(problem({"to-file.csv"}), HasSubstr("is a link"));
  EXPECT_THAT(problem({"to-nothing.csv"}), HasSubstr("is a link"));
}

TEST_F(OutputFiles, AreNeverTheInputWhateverLeadsThere) {
  for (const auto* name : {"in.csv", "link.csv", "folder/../in.csv", "./in.csv"}) {
    EXPECT_THAT(problem({name}), HasSubstr("names the input")) << name;
  }
}

TEST_F(OutputFiles, AreNeverTheSameTwice) {
  EXPECT_THAT(problem({"new.csv", "folder/../new.csv"}), HasSubstr("name the same file"));
}

TEST_F(OutputFiles, AReportReplacesAReportAndNothingElse) {
  const auto fine = [&](std::string_view text) {
    const Status checked = check_report({"--report", folder_.write("report.json", text)});
    if (!checked) {
      EXPECT_THAT(checked.error().what, HasSubstr("is not a report, so it is left alone"));
      EXPECT_THAT(checked.error().next, HasSubstr("--report"));
    }
    return checked.has_value();
  };
  EXPECT_TRUE(check_report({"--report", folder_.at("new.json")}));
  for (const char* text : {"", "\n", "{\"summary\":{\"totalRows\":1}}", "{\n  \"summary\": {\n",
                           "{\r\n\t\"timestamp\": \"2026\"}"}) {
    EXPECT_TRUE(fine(text)) << text;
  }
  for (const char* text : {"email\na@example.com\n", "{", "{}", "{\"name\":\"package\"}", "[{}]",
                           "{\"recordNumber\":1,\"summary\":2}\n", "summary", "{\"summary"}) {
    EXPECT_FALSE(fine(text)) << text;
  }
  EXPECT_THAT(check_report({"--report", folder_.at("folder")}).error().what,
              HasSubstr("is a folder"));
}

}  // namespace
}  // namespace usher
