// SPDX-License-Identifier: Apache-2.0
#include "analysis/error_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/error_record.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/scratch.h"

namespace usher::analysis {
namespace {

using ::testing::HasSubstr;

struct Read {
  std::vector<std::string> lines;
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> places;
  std::vector<std::string> problems;
};

Read drain(ErrorLines& lines) {
  Read read;
  ErrorLines::Line line;
  while (true) {
    const auto more = lines.next(line);
    EXPECT_TRUE(more) << more.error().line();
    if (!more || !*more) return read;
    read.lines.emplace_back(line.text);
    read.numbers.push_back(line.number);
    read.places.push_back(line.place);
    read.problems.push_back(line.problem);
  }
}

class Lines : public testing::Test {
 protected:
  Read read(const std::string& content, bool again = true) {
    auto lines = ErrorLines::open(folder_.write("errors.jsonl", content), again);
    EXPECT_TRUE(lines) << lines.error().line();
    Read all = drain(*lines);
    for (std::size_t i = 0; again && i < all.lines.size(); ++i) {
      std::string text;
      EXPECT_TRUE(lines->again(all.places[i], text));
      if (all.problems[i].empty()) {
        EXPECT_EQ(text, all.lines[i]);
      }
    }
    return all;
  }
  Error refused(const std::string& content) {
    const auto lines = ErrorLines::open(folder_.write("errors.jsonl", content), false);
    return lines ? Error{} : lines.error();
  }
  ScratchFolder folder_;
};

TEST_F(Lines, AreThoseOfTheFileWithTheirNumbers) {
  const Read all = read("{\"a\":1}\n\n  \n{\"b\":2}\r\n{}");
  EXPECT_EQ(all.lines, (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}\r", "{}"}));
  EXPECT_EQ(all.numbers, (std::vector<std::uint64_t>{1, 4, 5}));
  EXPECT_TRUE(read("").lines.empty());
  EXPECT_TRUE(read("\n\n").lines.empty());
  EXPECT_EQ(read("\xEF\xBB\xBF{}\n").lines, std::vector<std::string>{"{}"});
}

TEST_F(Lines, OfAnyLengthAreFoundAgain) {
  Random random(7);
  std::string content;
  std::vector<std::string> expected;
  for (int i = 0; i < 400; ++i) {
    expected.push_back("{" + std::string(random.below(i % 40 == 0 ? 300'000 : 3000), 'x'));
    content += expected.back() + "\n";
  }
  EXPECT_EQ(read(content).lines, expected);
}

TEST_F(Lines, ThatAreTooLongAreNamedAndTheNextIsRead) {
  const Read all = read("{}\n" + std::string(ErrorLines::kLongest + 1, 'x') + "\n{\"a\":1}\n" +
                        std::string(3 * ErrorLines::kLongest, 'y'));
  ASSERT_EQ(all.lines.size(), 4U);
  EXPECT_EQ(all.problems,
            (std::vector<std::string>{"", "longer than 4 MB", "", "longer than 4 MB"}));
  EXPECT_EQ(all.lines[2], "{\"a\":1}");
  EXPECT_EQ(all.numbers, (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(Lines, HaveTheHashOfTheFile) {
  const std::string content = "{}\n\n{\"a\":1}\nrest";
  auto lines = ErrorLines::open(folder_.write("errors.jsonl", content), false);
  ASSERT_TRUE(lines);
  drain(*lines);
  Sha256 hash;
  hash.add(content);
  EXPECT_EQ(lines->sha256(), hash.hex());
}

TEST_F(Lines, OfTheCsvFormAreTheLinesThatWouldHaveBeen) {
  const Read all = read(
      "recordNumber,email,userId,errorType,errorMessage,httpStatus,workosCode,workosRequestId,"
      "timestamp,rawRow\n"
      "12,ida@north.example,,org_resolution,\"no \"\"north\"\"\",404,entity_not_found,,2026,"
      "\"{\"\"email\"\":\"\"ida@north.example\"\",\"\"first_name\"\":\"\"I\nda\"\"}\"\n"
      "13,,,user_create,missing,,,,2026,no json\n"
      "14,short\n");
  ASSERT_EQ(all.lines.size(), 3U);
  ErrorRecord record;
  ASSERT_FALSE(read_error(all.lines[1], record));
  EXPECT_EQ(record.number, 13U);
  EXPECT_EQ(record.message, "missing");
  EXPECT_EQ(record.status, 0);
  EXPECT_TRUE(record.raw_row.empty());
  EXPECT_FALSE(all.problems[2].empty()) << "a ragged line of errors is named, not guessed at";
  EXPECT_EQ(all.numbers, (std::vector<std::uint64_t>{2, 4, 5}));
}

TEST_F(Lines, OfACellWithALineEndStayOneLine) {
  // A raw line end inside JSON text is not JSON: it stays text, and no row is made of it.
  const Read all = read("recordNumber,email,rawRow\n1,a,\"{\"\"email\"\":\"\"b\nc\"\"}\"\n");
  ASSERT_EQ(all.lines.size(), 1U);
  EXPECT_EQ(all.lines[0].find('\n'), std::string::npos);
}

TEST_F(Lines, CannotBeOfOneDocumentOrAFolderOrNothing) {
  const Error list = refused("[\n {\"recordNumber\":1}\n]\n");
  EXPECT_THAT(list.what, HasSubstr("is one list"));
  EXPECT_THAT(list.next, HasSubstr("jq -c '.[]'"));
  EXPECT_THAT(ErrorLines::open(folder_.path(), false).error().what, HasSubstr("is a folder"));
  EXPECT_EQ(ErrorLines::open("/nonexistent/errors.jsonl", false).error().what,
            "Errors file not found: /nonexistent/errors.jsonl");
}

}  // namespace
}  // namespace usher::analysis
