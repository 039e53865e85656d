// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(GenerateCommand, WritesToTheStandardOutputAndTellsBesideIt) {
  Stage stage;
  EXPECT_EQ(stage.run({"generate", "users", "--rows", "10", "--unusual", "0"}), 0);
  EXPECT_THAT(stage.out.text, StartsWith("email,"));
  EXPECT_EQ(std::ranges::count(stage.out.text, '\n'), 11);
  EXPECT_THAT(stage.err.text, StartsWith("standard output: 10 rows"));
}

TEST(GenerateCommand, MakesTheSamePeopleFromTheSameSeed) {
  Stage first;
  Stage second;
  Stage other;
  first.run({"generate", "users", "--rows", "50", "--bad", "0.1", "--passwords", "0.5", "--roles"});
  second.run(
      {"generate", "users", "--rows", "50", "--bad", "0.1", "--passwords", "0.5", "--roles"});
  other.run({"generate", "users", "--rows", "50", "--seed", "2"});
  EXPECT_EQ(first.out.text, second.out.text);
  EXPECT_NE(first.out.text, other.out.text);
}

TEST(GenerateCommand, ReplacesAFileOnlyWhenForced) {
  const ScratchFolder folder;
  const std::string path = folder.at("p.csv");
  Stage fresh;
  EXPECT_EQ(fresh.run({"generate", "users", "--rows", "3", "--out", path}), 0) << fresh.err.text;
  EXPECT_THAT(fresh.out.text, StartsWith(path + ": 3 rows"));
  const std::string before = folder.read("p.csv");
  EXPECT_THAT(before, StartsWith("email,"));
  Stage again;
  EXPECT_EQ(again.run({"generate", "users", "--rows", "4", "--out", path}), 2);
  EXPECT_THAT(again.err.text, HasSubstr("is there already\n  add --force"));
  EXPECT_EQ(folder.read("p.csv"), before);
  Stage forced;
  EXPECT_EQ(forced.run({"generate", "users", "--rows", "4", "--out", path, "--force"}), 0);
  EXPECT_NE(folder.read("p.csv"), before);
}

TEST(GenerateCommand, ReportsAFullDisk) {
  Stage stage;
  EXPECT_EQ(stage.run({"generate", "users", "--rows", "3", "--out", "/dev/full", "--force"}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("/dev/full: cannot write: No space left on device"));
}

class Deaf : public TextOutput {
 public:
  explicit Deaf(std::string why) : why_(std::move(why)) {}
  void write(std::string_view piece) override { bytes += piece.size(); }
  [[nodiscard]] bool gone() const override { return true; }
  [[nodiscard]] std::string failure() const override { return why_; }
  std::size_t bytes = 0;

 private:
  std::string why_;
};

TEST(GenerateCommand, StopsWhenNobodyReadsOn) {
  Stage stage;
  Deaf closed("");
  Surroundings around{closed, stage.err, stage.around.variable};
  const std::vector<std::string> words = {"generate", "users", "--rows", "1000000"};
  EXPECT_EQ(run_program(words, around), 0);
  EXPECT_LT(closed.bytes, 1U << 20);
  EXPECT_THAT(stage.err.text, IsEmpty());
  Deaf full("No space left on device");
  Surroundings on_a_full_disk{full, stage.err, stage.around.variable};
  EXPECT_EQ(run_program(words, on_a_full_disk), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("No space left on device"));
}

TEST(GenerateCommand, AsksWhatToGenerate) {
  Stage stage;
  EXPECT_EQ(stage.run({"generate"}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("usher generate users, or usher generate customers"));
  Stage other;
  EXPECT_EQ(other.run({"generate", "cats"}), 2);
}

}  // namespace
}  // namespace usher::cli
