// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(GenerateCustomersCommand, WritesToTheStandardOutputAndTellsBesideIt) {
  Stage stage;
  EXPECT_EQ(stage.run({"generate", "customers", "--count", "3"}), 0);
  EXPECT_THAT(stage.out.text, StartsWith("{\"data\": [\n{\"changeType\": \"CREATE\""));
  EXPECT_THAT(stage.err.text, StartsWith("standard output: 3 customers"));
}

TEST(GenerateCustomersCommand, WritesAFolderOfFiles) {
  const ScratchFolder folder;
  Stage stage;
  EXPECT_EQ(stage.run({"generate", "customers", "--count", "101", "--per-file", "50", "--out",
                       folder.at("people")}),
            0)
      << stage.err.text;
  EXPECT_THAT(stage.out.text, HasSubstr("101 customers (0 of them bad on purpose) in 3 files"));
  for (const auto* name : {"01", "02", "03"}) {
    EXPECT_THAT(folder.read("people/customers_50_batch_" + std::string(name) + ".json"),
                StartsWith("{\"data\": [\n"));
  }
  EXPECT_FALSE(folder.has("people/customers_50_batch_04.json"));
  Stage parted;
  EXPECT_EQ(parted.run({"generate", "customers", "--count", "10", "--files", "4", "--type",
                        "households", "--out", folder.at("homes")}),
            0);
  EXPECT_THAT(folder.read("homes/households_3_batch_04.json"), StartsWith("{\"households\": [\n"));
}

TEST(GenerateCustomersCommand, ReplacesAFileOnlyWhenForced) {
  const ScratchFolder folder;
  const std::string path = folder.at("c.json");
  Stage fresh;
  EXPECT_EQ(fresh.run({"generate", "customers", "--count", "0", "--out", path}), 0);
  EXPECT_EQ(folder.read("c.json"), "{\"data\": [\n\n]}\n");
  Stage again;
  EXPECT_EQ(again.run({"generate", "customers", "--shape", "array", "--out", path}), 2);
  EXPECT_THAT(again.err.text, HasSubstr("is there already\n  add --force"));
  Stage forced;
  EXPECT_EQ(forced.run({"generate", "customers", "--shape", "export", "--out", path, "--force"}),
            0);
  EXPECT_THAT(folder.read("c.json"), StartsWith("{\"importId\": \"made-up\", \"customers\": ["));
}

TEST(GenerateCustomersCommand, RefusesWhatContradictsItself) {
  const auto refused = [](std::initializer_list<std::string> words, const char* message) {
    Stage stage;
    EXPECT_EQ(stage.run(words), 2);
    EXPECT_THAT(stage.err.text, HasSubstr(message));
    EXPECT_THAT(stage.out.text, IsEmpty());
  };
  refused({"generate", "customers", "--files", "2", "--per-file", "2", "--out", "x"},
          "give one of them");
  refused({"generate", "customers", "--files", "2"}, "several files need a folder");
  refused({"generate", "customers", "--type", "people"}, "must be customers or households");
  refused({"generate", "customers", "--shape", "csv"}, "must be data, array or export");
  refused({"generate", "customers", "--type", "households", "--shape", "export"},
          "--shape export is of customers");
  Stage stage;
  EXPECT_EQ(stage.run({"generate", "cats"}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("usher generate users, or usher generate customers"));
}

}  // namespace
}  // namespace usher::cli
