// SPDX-License-Identifier: Apache-2.0
// The reader against a slow, obvious reference: every small text over the alphabet that matters, at
// every buffer split; every truncation of a tricky file; random files written and read back.
#include <optional>

#include <gtest/gtest.h>

#include "base/random.h"
#include "source/bytes_in_hand.h"
#include "source/csv.h"

namespace usher::csv {
namespace {

struct Row {
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
  std::vector<std::string> cells;
  std::string raw;
  std::string problem;  // a part of the message; empty: none

  friend bool operator==(const Row&, const Row&) = default;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  out << "line " << row.line << " offset " << row.offset << " [";
  for (const auto& cell : row.cells) out << "<" << testing::PrintToString(cell) << ">";
  return out << "] raw " << testing::PrintToString(row.raw) << " problem: " << row.problem;
}

// The reference: one character after the other, the whole text in hand
class Reference {
 public:
  Reference(std::string_view text, std::size_t from, std::size_t width)
      : text_(text), at_(from), width_(width) {}

  std::vector<Row> rows() {
    std::vector<Row> result;
    while (at_ < text_.size()) {
      if (auto row = one()) result.push_back(*row);
    }
    return result;
  }

 private:
  bool line_end() const { return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  bool cell_end() const { return line_end() || text_[at_] == ','; }

  void eat_line_end() {
    if (at_ == text_.size()) return;
    at_ += text_.substr(at_, 2) == "\r\n" ? 2 : 1;
    ++line_;
  }

  std::string rest_of_cell(std::string cell) {
    while (!cell_end()) {
      if (text_[at_] == '"') inside_ = true;
      cell += text_[at_++];
    }
    return cell;
  }

  std::string quoted() {
    const std::size_t opened = at_++;
    std::string cell;
    while (at_ < text_.size()) {
      if (text_.substr(at_, 2) == "\"\"") {
        cell += '"';
        at_ += 2;
      } else if (text_[at_] == '"') {
        ++at_;
        if (cell_end()) return cell;
        behind_ = true;
        return rest_of_cell(std::string(text_.substr(opened, at_ - opened)));
      } else if (line_end()) {
        const std::size_t begin = at_;
        eat_line_end();
        cell += text_.substr(begin, at_ - begin);
      } else {
        cell += text_[at_++];
      }
    }
    unclosed_ = true;
    return cell;
  }

  std::optional<Row> one() {
    Row row;
    row.line = line_;
    row.offset = at_;
    inside_ = behind_ = unclosed_ = false;
    while (true) {
      row.cells.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted() : rest_of_cell(""));
      if (line_end()) break;
      ++at_;  // the comma
    }
    row.raw = text_.substr(row.offset, at_ - row.offset);
    eat_line_end();
    if (row.raw.find_first_not_of(" \t") == std::string::npos) return std::nullopt;
    row.problem = unclosed_                    ? "never closed"
                  : behind_                    ? "behind the closing quote"
                  : inside_                    ? "inside the unquoted"
                  : row.cells.size() != width_ ? "the header has"
                                               : "";
    return row;
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t width_;
  std::uint64_t line_ = 2;
  bool inside_ = false;
  bool behind_ = false;
  bool unclosed_ = false;
};

constexpr std::string_view kHeader = "h,i\n";

std::vector<Row> read_all(Bytes bytes, std::size_t window) {
  std::vector<Row> rows;
  auto reader = Reader::over(std::move(bytes), "x.csv", {.window = window});
  if (!reader) {
    ADD_FAILURE() << reader.error().line();
    return rows;
  }
  Record record;
  while (reader->next(record).value()) {
    EXPECT_EQ(record.number, rows.size() + 1);
    Row row{record.line, record.offset, {}, std::string(record.raw), {}};
    for (const std::string_view cell : record.cells) row.cells.emplace_back(cell);
    for (const char* known : {"never closed", "behind the closing quote", "inside the unquoted",
                              "the header has", "NUL", "UTF-8", "bytes long"}) {
      if (record.problem.find(known) != std::string::npos) {
        row.problem = known;
        break;
      }
    }
    EXPECT_EQ(row.problem.empty(), record.problem.empty()) << record.problem;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> expected(const std::string& text) {
  return Reference(text, kHeader.size(), 2).rows();
}

template <class Visit>
void every_text(std::string_view alphabet, std::size_t length, Visit visit) {
  std::string text(kHeader);
  std::vector<std::size_t> digits(length, 0);
  text.resize(kHeader.size() + length, alphabet[0]);
  while (true) {
    visit(text);
    std::size_t i = 0;
    while (i < length && digits[i] + 1 == alphabet.size()) {
      digits[i] = 0;
      text[kHeader.size() + i] = alphabet[0];
      ++i;
    }
    if (i == length) return;
    text[kHeader.size() + i] = alphabet[++digits[i]];
  }
}

constexpr std::string_view kAlphabet = "a,\"\n\r";

TEST(Csv, ReadsEverySmallTextAsTheReferenceAtEverySplit) {
  for (std::size_t length = 0; length <= 5; ++length) {
    every_text(kAlphabet, length, [&](const std::string& text) {
      const auto wanted = expected(text);
      for (std::size_t split = kHeader.size(); split <= text.size(); ++split) {
        ASSERT_EQ(read_all(pieces(text, split, 1000), 256), wanted)
            << testing::PrintToString(text) << " split at " << split;
      }
    });
  }
}

TEST(Csv, ReadsEverySmallTextAsTheReferenceByteByByte) {
  for (std::size_t length = 6; length <= 7; ++length) {
    every_text(kAlphabet, length, [&](const std::string& text) {
      const auto wanted = expected(text);
      ASSERT_EQ(read_all(pieces(text, 1000, 1000), 256), wanted) << testing::PrintToString(text);
      ASSERT_EQ(read_all(pieces(text, 1, 1), 1), wanted) << testing::PrintToString(text);
    });
  }
}

constexpr std::string_view kTricky =
    "h,i\n"
    "\"a \"\"b\"\" c\",plain\r\n"
    "\r\n"
    "\"two\nlines, and a comma\",\"{\"\"k\"\":\"\"v\"\"}\"\n"
    "  \t\n"
    "\xC3\xA9t\xC3\xA9,\xE6\x97\xA5\xE6\x9C\xAC\r"
    "ragged\n"
    "too,many,cells\n"
    "bad\"quote,x\n"
    "\"text\"behind,\"x\"\n"
    "\"a \"\"b\"\" c\"behind,\"d \"\"e\"\" f\"\n"
    "\"\",\n"
    ",\"\r\n\r\n\"\n"
    "0123456789012345678901234567890123456789012345678901234567890123456789,"
    "\"0123456789012345678901234567890123456789012345678901234567\"\"90\"\n"
    "last,\"one\"";

TEST(Csv, ReadsEveryTruncationAsTheReferenceAtEveryStep) {
  for (std::size_t length = kHeader.size(); length <= kTricky.size(); ++length) {
    const std::string text(kTricky.substr(0, length));
    auto wanted = expected(text);
    const auto& cut = wanted.empty() ? Row{} : wanted.back();
    const char last = cut.raw.empty() ? 'a' : cut.raw.back();
    if ((last & 0x80) != 0) {  // maybe inside a character: the reference knows no UTF-8
      const auto rows = read_all(pieces(text, 1, 1), 1);
      if (rows.back().problem == "UTF-8") wanted.back().problem = "UTF-8";
    }
    for (const std::size_t step : {1U, 2U, 3U, 7U, 63U, 64U, 65U, 1000U}) {
      ASSERT_EQ(read_all(pieces(text, step, step), step), wanted)
          << "first " << length << " bytes in steps of " << step;
    }
  }
}

std::string quoted_cell(const std::string& cell, bool always) {
  if (!always && cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

TEST(Csv, ReadsBackWhatAWriterWrote) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const char* const ends[] = {"\n", "\r\n", "\r"};
    const char* pool[] = {"a",
                          "b c",
                          "\"",
                          ",",
                          "\n",
                          "\r",
                          "\r\n",
                          "\xC3\xA9",
                          "\xF0\x9F\x98\x80",
                          "xyz",
                          "",
                          "\"\"",
                          "a long run of ordinary text that fills a block "};
    std::string text(kHeader);
    std::vector<std::vector<std::string>> rows;
    const char* end = ends[random.below(3)];
    for (std::uint64_t n = random.below(40); n > 0; --n) {
      std::vector<std::string> row(2);
      for (auto& cell : row) {
        for (std::uint64_t k = random.below(6); k > 0; --k) cell += pool[random.below(13)];
      }
      text +=
          quoted_cell(row[0], random.chance(0.3)) + "," + quoted_cell(row[1], random.chance(0.3));
      text += end;
      if (random.chance(0.1)) text += end;
      rows.push_back(std::move(row));
    }
    const std::size_t step = 1 + random.below(150);
    const auto got = read_all(pieces(text, step, step), 1 + random.below(200));
    ASSERT_EQ(got.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(got[i].cells, rows[i]);
      EXPECT_EQ(got[i].problem, "");
      EXPECT_EQ(text.substr(got[i].offset, got[i].raw.size()), got[i].raw);
    }
  }
}

}  // namespace
}  // namespace usher::csv
