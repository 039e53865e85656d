// SPDX-License-Identifier: Apache-2.0
#include "app/validate.h"

#include <filesystem>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/scratch.h"

namespace usher {
namespace {

using ::testing::HasSubstr;

ValidateOptions everything(const ScratchFolder& folder, const std::string& csv) {
  ValidateOptions options;
  options.csv = csv;
  options.report = folder.at("report.json");
  options.auto_fix = true;
  options.fixed_csv = folder.at("fixed.csv");
  options.dedupe = true;
  options.deduped_csv = folder.at("deduped.csv");
  options.dedupe_report = folder.at("deduped.json");
  return options;
}

std::size_t files_in(const ScratchFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(Validate, WritesWhatWasAskedForAndSaysWhat) {
  const ScratchFolder folder;
  const std::string csv =
      folder.write("in.csv", "email\n a@example.com\nA@example.com\nb@example.com\n");
  const auto validation = validate(everything(folder, csv), {});
  ASSERT_TRUE(validation);
  EXPECT_EQ(validation->verdict(), Validation::Verdict::warnings);
  EXPECT_EQ(folder.read("fixed.csv"), "email\na@example.com\nA@example.com\nb@example.com\n");
  EXPECT_EQ(folder.read("deduped.csv"), "email\na@example.com\nb@example.com\n");
  EXPECT_EQ(files_in(folder), 5U);
  EXPECT_THAT(to_json(*validation), HasSubstr(R"("verdict":"warnings","csvPath":")" + csv));
  EXPECT_THAT(to_json(*validation), HasSubstr(R"("rowsRemoved":1)"));
}

TEST(Validate, AHeaderThatCannotBeReadLeavesAReportAlone) {
  const ScratchFolder folder;
  const auto validation = validate(everything(folder, folder.write("in.csv", "")), {});
  ASSERT_TRUE(validation);
  EXPECT_EQ(validation->verdict(), Validation::Verdict::errors);
  EXPECT_TRUE(folder.has("report.json"));
  EXPECT_EQ(files_in(folder), 2U);
}

TEST(Validate, ReportsReplaceReportsAloneAndCopiesAnyCopy) {
  const ScratchFolder folder;
  const ValidateOptions options =
      everything(folder, folder.write("in.csv", "email\na@example.com\n"));
  ASSERT_TRUE(validate(options, {}));
  EXPECT_TRUE(validate(options, {}));
  for (const char* name : {"report.json", "deduped.json"}) {
    const std::string before = folder.read(name);
    folder.write(name, "precious\n");
    const auto validation = validate(options, {});
    ASSERT_FALSE(validation);
    EXPECT_THAT(validation.error().what, HasSubstr("is not a report, so it is left alone"));
    EXPECT_EQ(folder.read(name), "precious\n");
    folder.write(name, before);
  }
  EXPECT_EQ(files_in(folder), 5U);
}

TEST(Validate, StoppedItLeavesNothing) {
  const ScratchFolder folder;
  std::string text = "email\n";
  for (int i = 0; i < 20'000; ++i) text += "a@example.com\n";
  const std::string csv = folder.write("in.csv", text);
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  ValidateHooks hooks;
  hooks.stop_fd = reader.get();
  const auto validation = validate(everything(folder, csv), hooks);
  ASSERT_TRUE(validation);
  EXPECT_TRUE(validation->interrupted());
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(Validate, TellsHowFarItIs) {
  const ScratchFolder folder;
  std::string text = "email\n";
  for (int i = 0; i < 20'000; ++i) text += "a@example.com\n";
  std::uint64_t last = 0;
  int told = 0;
  ValidateHooks hooks;
  hooks.progressed = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_EQ(all, text.size() * 2);
    EXPECT_LE(done, all);
    if (++told <= 4) {
      EXPECT_GT(done, last);
    }
    last = done;
  };
  ValidateOptions options = everything(folder, folder.write("in.csv", text));
  options.dedupe = false;
  options.deduped_csv.clear();
  ASSERT_TRUE(validate(options, hooks));
  EXPECT_EQ(told, 4);
}

}  // namespace
}  // namespace usher
