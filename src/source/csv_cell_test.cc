// SPDX-License-Identifier: Apache-2.0
#include "source/csv_cell.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "source/csv.h"

namespace usher::csv {
namespace {

using Cells = std::vector<std::string>;

std::string line_of(const Cells& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    append_cell(line, cells[i]);
  }
  return line;
}

std::string made_up_cell(std::mt19937_64& random) {
  static constexpr std::string_view kPieces = "ab,\"\n\r \xC3\xA9";
  std::string cell;
  for (auto left = random() % 6; left > 0; --left) {
    const char piece = kPieces[random() % kPieces.size()];
    if (static_cast<unsigned char>(piece) < 0x80) cell += piece;
  }
  return cell;
}

TEST(CsvCell, QuotesOnlyWhatHasToBe) {
  EXPECT_EQ(line_of({"plain", "two words", "a,b", "say \"hi\"", "two\nlines", ""}),
            "plain,two words,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",");
}

TEST(CsvCell, TakesARecordApartWithoutChangingAByte) {
  std::vector<std::string_view> cells;
  split_raw("a,\"b,\"\"c\", d ,,\"\"", cells);
  EXPECT_EQ(Cells(cells.begin(), cells.end()), (Cells{"a", "\"b,\"\"c\"", " d ", "", "\"\""}));
}

TEST(CsvCell, WhatIsWrittenIsReadAndTakenApart) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    Cells cells = {"x"};  // a record of one blank cell would be a blank line
    for (auto left = random() % 5; left > 0; --left) cells.push_back(made_up_cell(random));
    std::string header;
    for (std::size_t i = 0; i < cells.size(); ++i)
      header += fmt::format("{}c{}", i > 0 ? "," : "", i);
    const std::string line = line_of(cells);
    std::string text = fmt::format("{}\n{}\n", header, line);
    auto reader = Reader::over(
        [&](std::span<char> room) -> Result<std::size_t> {
          const std::size_t got = text.copy(room.data(), room.size());
          text.erase(0, got);
          return got;
        },
        "test", {});
    ASSERT_TRUE(reader.has_value());
    Record record;
    ASSERT_TRUE(reader->next(record).value());
    EXPECT_EQ(record.problem, "");
    EXPECT_EQ(Cells(record.cells.begin(), record.cells.end()), cells);
    std::vector<std::string_view> raw;
    split_raw(line, raw);
    ASSERT_EQ(raw.size(), cells.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
      std::string again;
      append_cell(again, cells[i]);
      EXPECT_EQ(raw[i], again);
      EXPECT_EQ(unquoted(raw[i]), cells[i]);
    }
  }
}

}  // namespace
}  // namespace usher::csv
