// SPDX-License-Identifier: Apache-2.0
#include "analysis/retry_csv.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "analysis/error_record.h"
#include "analysis/sample_errors_test.h"
#include "base/random.h"
#include "base/scratch.h"

namespace usher::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Row = std::vector<std::pair<std::string, std::string>>;

class RetryCsvs : public testing::Test {
 protected:
  // All lines are wanted.
  void errors(const std::vector<SampleError>& errors) {
    std::string text;
    for (const SampleError& error : errors) text += error.line() + "\n";
    errors_text(text);
  }
  void errors_text(const std::string& text) {
    lines_ = std::make_unique<ErrorLines>(
        std::move(*ErrorLines::open(folder_.write("errors.jsonl", text), true)));
    ErrorLines::Line line;
    ErrorRecord record;
    while (*lines_->next(line)) {
      ASSERT_FALSE(read_error(line.text, record));
      ASSERT_TRUE(rows_.add({record.number, line.place, true}));
    }
    ASSERT_TRUE(rows_.finish());
  }
  RetryCsv from_input(const std::string& csv, bool compare = true) {
    auto made = retry_from_input(folder_.at("retry.csv"), folder_.write("users.csv", csv), compare,
                                 {*lines_, rows_});
    EXPECT_TRUE(made) << made.error().line();
    return made ? std::move(*made) : RetryCsv{};
  }
  RetryCsv from_errors(std::size_t columns = 0) {
    auto made = retry_from_errors(folder_.at("retry.csv"), columns, {*lines_, rows_});
    EXPECT_TRUE(made) << made.error().line();
    return made ? std::move(*made) : RetryCsv{};
  }
  [[nodiscard]] std::string retry() const { return folder_.read("retry.csv"); }

  ScratchFolder folder_;
  std::unique_ptr<ErrorLines> lines_;
  PickedRows rows_;
};

const Row kAda = {{"email", "ada@example.com"}, {"password", "••••••"}, {"note", "a \"b\"\nc"}};
const Row kBob = {{"email", "bob@example.com"}, {"password", "••••••"}, {"note", ""}};
const std::string kUsers =
    "email,password,note\n"
    "ada@example.com,hunter2,\"a \"\"b\"\"\nc\"\n"
    "  carl@example.com ,hunter3,\n"
    "bob@example.com,\"p,w\",\n";

TEST_F(RetryCsvs, HoldTheBytesOfTheInputSecretsIncluded) {
  errors({{.record = 3, .row = kBob}, {.record = 1, .row = kAda}, {.record = 3, .row = kBob}});
  const RetryCsv made = from_input(kUsers);
  EXPECT_EQ(made.rows, 2U);
  EXPECT_EQ(made.left_out, 0U);
  EXPECT_TRUE(made.masked.empty());
  EXPECT_EQ(retry(),
            "email,password,note\nada@example.com,hunter2,\"a \"\"b\"\"\nc\"\n"
            "bob@example.com,\"p,w\",\n");
  struct stat info{};
  ASSERT_EQ(::stat(folder_.at("retry.csv").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(RetryCsvs, KeepTheHeaderAndTheLineEndsOfTheInput) {
  errors({{.record = 2, .row = {{"email", "b@example.com"}}}});
  from_input("\xEF\xBB\xBF\"email\", name\r\n\r\na@example.com,A\r\nb@example.com,B");
  EXPECT_EQ(retry(), "\xEF\xBB\xBF\"email\", name\r\n\r\nb@example.com,B\r\n");
}

TEST_F(RetryCsvs, LeaveOutWhatIsNotTheRowThatFailed) {
  errors({{.record = 1, .row = kAda},
          {.record = 2, .row = {{"email", "carl@example.com"}, {"note", "x"}}},
          {.record = 3, .row = {{"email", "bob@example.com"}, {"surname", ""}}},
          {.record = 9, .row = kBob},
          {.record = 0, .row = kBob}});
  const RetryCsv made = from_input(kUsers);
  EXPECT_EQ(made.rows, 1U);
  EXPECT_EQ(made.left_out, 4U);
  ASSERT_EQ(made.first_left_out.size(), 4U);
  EXPECT_EQ(made.first_left_out[0].record, 2U);
  EXPECT_EQ(made.first_left_out[0].why, "note is not what it was");
  EXPECT_EQ(made.first_left_out[1].why, "there is no column surname");
  EXPECT_THAT(made.first_left_out[2].why, HasSubstr("has no such row"));
  EXPECT_THAT(made.first_left_out[3].why, HasSubstr("does not say which row"));
}

TEST_F(RetryCsvs, AreNotWrittenWhenNoRowCanBeTaken) {
  errors({{.record = 2, .row = kAda}});
  folder_.write("retry.csv", "of yesterday");
  EXPECT_EQ(from_input(kUsers).rows, 0U);
  EXPECT_EQ(retry(), "of yesterday");
}

TEST_F(RetryCsvs, NeedNoComparisonWithTheInputThatFailed) {
  errors({{.record = 2, .row = {{"email", "whatever"}}}});
  EXPECT_EQ(from_input(kUsers, false).rows, 1U);
  EXPECT_THAT(retry(), HasSubstr("carl@example.com ,hunter3"));
}

TEST_F(RetryCsvs, OfWhatTheErrorsRememberHaveEmptyCellsForSecrets) {
  errors({{.record = 7, .row = kBob}, {.record = 2, .row = kAda}});
  const RetryCsv made = from_errors();
  EXPECT_EQ(made.rows, 2U);
  EXPECT_EQ(retry(),
            "email,password,note\nada@example.com,,\"a \"\"b\"\"\nc\"\nbob@example.com,,\n");
  EXPECT_THAT(made.masked, ElementsAre(Pair("password", 2)));
}

TEST_F(RetryCsvs, OfWhatTheErrorsRememberLeaveRaggedRowsOut) {
  errors({{.record = 1, .row = {{"email", "short@example.com"}}},
          {.record = 2, .row = kAda},
          {.record = 3, .row = {{"email", "x"}, {"note", ""}, {"password", "kept"}}},
          {.record = 4, .row = {{"email", "x"}, {"note", ""}, {"nickname", ""}}}});
  const RetryCsv made = from_errors(3);
  EXPECT_EQ(retry(), "email,password,note\nada@example.com,,\"a \"\"b\"\"\nc\"\nx,kept,\n");
  EXPECT_EQ(made.left_out, 2U);
  EXPECT_EQ(made.first_left_out[0].record, 1U);
  EXPECT_EQ(made.first_left_out[1].record, 4U);
}

TEST_F(RetryCsvs, OfWhatTheErrorsRememberAreNoRowsWithoutCellsNorWithAColumnTwice) {
  errors_text(
      R"({"recordNumber":1,"email":"a@example.com","rawRow":{}})"
      "\n"
      R"({"recordNumber":2,"email":"b@example.com","rawRow":{"email":"x","email":"y"}})"
      "\n"
      R"({"recordNumber":3,"email":"c@example.com","rawRow":{"email":"c@example.com","name":"C"}})"
      "\n"
      R"({"recordNumber":4,"email":"d@example.com","rawRow":{"name":"D","name":"E"}})"
      "\n");
  const RetryCsv made = from_errors();
  EXPECT_EQ(retry(), "email,name\nc@example.com,C\n");
  ASSERT_EQ(made.left_out, 3U);
  EXPECT_EQ(made.first_left_out[0].why, "the errors file does not say what was in it");
  EXPECT_EQ(made.first_left_out[1].why, "the errors file names one of its columns twice");
  EXPECT_EQ(made.first_left_out[2].why, "its columns are not those of the other rows");
}

// JSON cannot hold such bytes; the input still does.
TEST_F(RetryCsvs, HoldTheBytesOfARowThatIsNoUtf8) {
  errors({{.record = 1, .row = {{"email", "a@example.com"}, {"name", "J\xF6rg \xC3"}}},
          {.record = 2, .row = {{"email", "b@example.com"}, {"name", "J\xF6rg"}}}});
  const RetryCsv made =
      from_input("email,name\na@example.com,J\xF6rg \xC3\nb@example.com,J\xF6rn\n");
  EXPECT_EQ(retry(), "email,name\na@example.com,J\xF6rg \xC3\n");
  ASSERT_EQ(made.left_out, 1U);
  EXPECT_EQ(made.first_left_out[0].why, "name is not what it was");
}

TEST_F(RetryCsvs, KeepARowWhoseOnlyCellIsEmpty) {
  errors({{.record = 1, .email = ""}});
  from_errors();
  EXPECT_EQ(retry(), "email\n\"\"\n");
}

TEST_F(RetryCsvs, RefuseAnInputThatIsGone) {
  errors({{.record = 1}});
  const auto made =
      retry_from_input(folder_.at("retry.csv"), folder_.at("gone.csv"), true, {*lines_, rows_});
  EXPECT_FALSE(made);
  EXPECT_FALSE(folder_.has("retry.csv"));
}

// Every choice of rows is found again, from the input and from the errors alike.
TEST_F(RetryCsvs, AreTheChosenRowsInTheirOrder) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string csv = "email,name\n";
    std::vector<SampleError> failed;
    std::string expected = csv;
    for (std::uint64_t record = 1; record <= 100; ++record) {
      const std::string email = "p" + std::to_string(record) + "@example.com";
      const std::string name = random.chance(0.3) ? "a,\n\"b" : "n";
      const std::string line = email + (name == "n" ? ",n" : ",\"a,\n\"\"b\"") + "\n";
      csv += line;
      if (random.chance(0.5)) continue;
      expected += line;
      failed.push_back(
          {.record = record, .email = email, .row = {{"email", email}, {"name", name}}});
    }
    for (std::size_t i = failed.size(); i > 1; --i) {
      std::swap(failed[i - 1], failed[random.below(i)]);
    }
    rows_ = PickedRows(7);
    errors(failed);
    from_input(csv);
    EXPECT_EQ(retry(), expected);
    rows_ = PickedRows(7);
    errors(failed);
    from_errors();
    EXPECT_EQ(retry(), expected);
  }
}

}  // namespace
}  // namespace usher::analysis
