// SPDX-License-Identifier: Apache-2.0
#include "source/csv.h"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "source/bytes_in_hand.h"

namespace usher::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// `head` once, then `block` again and again until `total` bytes have been given, then `tail`.
Bytes repeated(std::string head, const std::string& block, std::uint64_t total, std::string tail) {
  return [=, given = std::uint64_t{0}](std::span<char> room) mutable -> Result<std::size_t> {
    if (!head.empty()) {
      const std::size_t got = head.copy(room.data(), room.size());
      head.erase(0, got);
      return got;
    }
    if (given < total) {
      const std::size_t got = block.copy(room.data(), room.size());
      given += got;
      return got;
    }
    const std::size_t got = tail.copy(room.data(), room.size());
    tail.erase(0, got);
    return got;
  };
}

Result<Reader> over(std::string text) {
  return Reader::over(whole(std::move(text)), "users.csv", {});
}

std::string refusal(const std::string& text) {
  auto reader = over(text);
  return reader ? "opened" : reader.error().line();
}

std::vector<std::string> cells(const Record& record) {
  return {record.cells.begin(), record.cells.end()};
}

// The first record of a body under the header "email,name".
struct First {
  explicit First(const std::string& body) : reader(over("email,name\n" + body).value()) {
    any = reader.next(record).value();
  }
  Reader reader;
  Record record;
  bool any = false;
};

class TempFolder : public testing::Test {
 protected:
  TempFolder() {
    std::string name = testing::TempDir() + "usher-csv-XXXXXX";
    folder = ::mkdtemp(name.data());
  }
  ~TempFolder() override {
    ::unlink((folder + "/x.csv").c_str());
    ::rmdir(folder.c_str());
  }
  std::string write(std::string_view content) const {
    const std::string path = folder + "/x.csv";
    EXPECT_TRUE(write_atomically(path, content));
    return path;
  }
  std::string folder;
};

TEST(Csv, ReadsHeaderAndRecordsWithTheirPlaces) {
  auto reader = over(
      "\xEF\xBB\xBF email ,name\r\na@example.com,\"An \"\"A\"\"\nnn\"\r\n\r\nb@example.com,B\r\n");
  ASSERT_TRUE(reader) << reader.error().line();
  EXPECT_THAT(std::vector(reader->header().begin(), reader->header().end()),
              ElementsAre("email", "name"));
  Record record;
  ASSERT_TRUE(reader->next(record).value());
  EXPECT_THAT(cells(record), ElementsAre("a@example.com", "An \"A\"\nnn"));
  EXPECT_EQ(record.raw, "a@example.com,\"An \"\"A\"\"\nnn\"");
  EXPECT_EQ(record.number, 1U);
  EXPECT_EQ(record.line, 2U);
  EXPECT_EQ(record.offset, 17U);
  ASSERT_TRUE(reader->next(record).value());
  EXPECT_EQ(record.number, 2U);
  EXPECT_EQ(record.line, 5U);
  EXPECT_FALSE(reader->next(record).value());
  EXPECT_FALSE(reader->next(record).value());
}

TEST(Csv, AHeaderAloneIsFine) {
  for (const char* text : {"email", "email\n", "email,name\r\n\r\n",
                           "\xEF\xBB\xBF"
                           "email\r"}) {
    auto reader = over(text);
    ASSERT_TRUE(reader) << reader.error().line();
    Record record;
    EXPECT_FALSE(reader->next(record).value());
  }
}

TEST(Csv, RefusesHeadersThatCannotBeRight) {
  EXPECT_THAT(refusal(""), HasSubstr("users.csv: is empty"));
  EXPECT_THAT(refusal("\xEF\xBB\xBF"), HasSubstr("nothing but blank lines"));
  EXPECT_THAT(refusal("\n \n\t\n"), HasSubstr("nothing but blank lines"));
  EXPECT_THAT(refusal("email,name,email\n"), HasSubstr("columns 1 and 3 are both named \"email\""));
  EXPECT_THAT(refusal("email,Email\n"), HasSubstr("differ only in case"));
  EXPECT_THAT(refusal("email,,name\n"), HasSubstr("column 2 has no name"));
  EXPECT_THAT(refusal("email,\n"), HasSubstr("column 2 has no name"));
  EXPECT_THAT(refusal("email;name\nx;y\n"), HasSubstr("separated by ';', not by commas"));
  EXPECT_THAT(refusal("\"first_name\";\"E-Mail\";\"Email\"\n"), HasSubstr("separated by ';'"));
  EXPECT_THAT(refusal("name\temail\n"), HasSubstr("separated by tabs"));
  EXPECT_THAT(refusal("name|email\n"), HasSubstr("separated by '|'"));
  EXPECT_THAT(refusal("email,\"name\n"), HasSubstr("never closed"));
  EXPECT_THAT(refusal("email,na\"me\n"), HasSubstr("quote inside"));
  EXPECT_THAT(refusal("email,na\xE9me\n"), HasSubstr("iconv -f WINDOWS-1252"));
  EXPECT_THAT(refusal("\xFF\xFE..."), HasSubstr("UTF-16"));
  EXPECT_THAT(refusal("\xFE\xFF"), HasSubstr("UTF-16"));
  EXPECT_THAT(refusal(std::string("e\0m\0a\0", 6)), HasSubstr("NUL"));
  EXPECT_THAT(refusal("PK\x03\x04..."), HasSubstr("spreadsheet"));
  EXPECT_THAT(refusal("\x1F\x8B\x08..."), HasSubstr("compressed"));
}

TEST(Csv, AHeaderNameMayHoldAnotherDelimiter) {
  EXPECT_EQ(refusal("a;b\n"), "opened");
  EXPECT_EQ(refusal("email,note;x\n"), "opened");
}

TEST(Csv, SaysWhatIsWrongWithARecordAndGoesOn) {
  const std::pair<std::string, std::string> table[] = {
      {"x\n", "has 1 cell, the header has 2"},
      {"x,y,z\n", "has 3 cells, the header has 2"},
      {"x,y\"z\n", "quote inside the unquoted column \"name\""},
      {"x, \"y\"\n", "quote inside the unquoted column \"name\""},
      {"\"x\"y,z\n", "text behind the closing quote of column \"email\""},
      {"\"x\n\ny\"z,z\n", "column \"email\" (line 4)"},
      {std::string("x,y\0\n", 5), "NUL byte in column \"name\""},
      {std::string("x,\"y\0\"\n", 7), "NUL byte in column \"name\""},
      {"x,\"a\n\xE9\"\n", "is not UTF-8 at byte 16 (line 3)"},
  };
  for (const auto& [bad, message] : table) {
    First first(bad + "good@example.com,name\n");
    EXPECT_THAT(first.record.problem, HasSubstr(message));
    EXPECT_EQ(first.record.number, 1U);
    ASSERT_TRUE(first.reader.next(first.record).value());
    EXPECT_EQ(first.record.problem, "");
    EXPECT_EQ(first.record.number, 2U);
    EXPECT_THAT(cells(first.record), ElementsAre("good@example.com", "name"));
  }
}

TEST(Csv, SaysHowFarAMisplacedQuoteReaches) {
  const std::pair<std::string, std::string> table[] = {
      {"x,\"y\nb,y\nc,z\n",
       "in column \"name\", opened in line 2, that is never closed, and "
       "takes in the rest of the file (3 lines)"},
      {"\"x\nb,y\nc\",y,z\nd,y\n",
       "has 3 cells, the header has 2; it begins in line 2 and holds 2 line ends: is a quote not "
       "closed?"},
      {"x,\"y\nb,\"z\nc,d\n",
       "behind the closing quote of column \"name\" (line 3); double the quotes that are text; it "
       "begins in "
       "line 2 and holds 1 line end: is a quote not closed?"},
  };
  for (const auto& [text, message] : table) {
    First first(text);
    EXPECT_THAT(first.record.problem, HasSubstr(message));
  }
}

// A NUL is one more letter to the shape of a record: with letters in their place it is the same.
TEST(Csv, NulBytesChangeNoCellAndNoRecord) {
  constexpr std::string_view kBytes("\0\0\0\0,\"\n\rx ", 10);
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text = "email,name\n";
    for (std::uint64_t left = random.below(200); left > 0; --left) {
      text += kBytes[random.below(kBytes.size())];
    }
    std::string letters = text;
    std::ranges::replace(letters, '\0', 'z');
    const Reader::Limits limits{.window = 1 + random.below(100)};
    auto with = Reader::over(whole(text), "x", limits).value();
    auto without = Reader::over(whole(letters), "x", limits).value();
    Record one;
    Record other;
    while (true) {
      const bool more = with.next(one).value();
      ASSERT_EQ(without.next(other).value(), more);
      if (!more) break;
      ASSERT_EQ(one.offset, other.offset);
      ASSERT_EQ(one.line, other.line);
      auto told = cells(one);
      for (std::string& cell : told) std::ranges::replace(cell, '\0', 'z');
      ASSERT_EQ(told, cells(other));
      const bool holds = one.raw.find('\0') != std::string_view::npos;
      ASSERT_EQ(one.problem.contains("NUL byte"), holds) << one.problem;
    }
  }
}

TEST(Csv, RefusesNulBytesInTheHeaderWithoutLookingForItsEnd) {
  for (const std::string begin : {"", "email,na", "\"email"}) {
    std::size_t given = 0;
    const Bytes endless = [&](std::span<char> room) -> Result<std::size_t> {
      std::ranges::fill(room, '\0');
      if (given == 0) begin.copy(room.data(), room.size());
      given += room.size();
      return room.size();
    };
    const auto reader = Reader::over(endless, "x", {});
    ASSERT_FALSE(reader);
    EXPECT_THAT(reader.error().what, HasSubstr("probably UTF-16 text, or no text at all"));
    EXPECT_LE(given, 1U << 20);
  }
}

TEST(Csv, ALineOfNulBytesIsOneRecordWithAProblem) {
  auto reader =
      Reader::over(repeated("email,name\n", std::string(1 << 20, '\0'), 1ULL << 30, "\nb,c\n"), "x",
                   {})
          .value();
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(record.problem, HasSubstr("NUL byte in column \"email\""));
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(cells(record), ElementsAre("b", "c"));
}

TEST(Csv, NamesTheLineWhereAQuoteWasOpenedThatIsNeverClosed) {
  First first("a,b\nc,\"d\ne,f\ng,h\n");
  ASSERT_TRUE(first.reader.next(first.record).value());
  EXPECT_THAT(first.record.problem, HasSubstr("opened in line 3, that is never closed"));
  EXPECT_THAT(first.record.problem, HasSubstr("column \"name\""));
  EXPECT_FALSE(first.reader.next(first.record).value());
}

TEST(Csv, CountsTheCellsOfARecordWithFarTooMany) {
  First first(std::string(5000, ',') + "\nx,y\n");
  EXPECT_THAT(first.record.problem, HasSubstr("5001 cells"));
  EXPECT_EQ(first.record.cells.size(), Reader::kMaxCells);
  ASSERT_TRUE(first.reader.next(first.record).value());
  EXPECT_EQ(first.record.problem, "");
}

// Around the limit, whatever the window: the same answer, and the next record is right.
TEST(Csv, SkipsARecordBeyondTheLimitAndKeepsItsPlace) {
  for (const std::size_t window : {1U, 7U, 64U, 100U, 1000U}) {
    for (const std::size_t length : {98U, 99U, 100U, 101U, 102U, 103U, 300U}) {
      for (const char* end : {"\n", "\r\n", "\r"}) {
        const std::string record_text = "a,\"" + std::string(length - 6, '\n') + "xx\"";
        const std::string text = "email,name\n" + record_text + end + "b,c\n";
        auto reader = Reader::over(whole(text), "x", {.record = 100, .window = window}).value();
        Record record;
        ASSERT_TRUE(reader.next(record).value());
        const bool over = length > 100;
        EXPECT_EQ(!record.problem.empty(), over) << record.problem << length;
        EXPECT_EQ(record.raw, over ? "" : record_text);
        EXPECT_EQ(record.cells.empty(), over);
        ASSERT_TRUE(reader.next(record).value());
        EXPECT_EQ(record.number, 2U);
        EXPECT_EQ(record.line, 3 + length - 6);
        EXPECT_EQ(record.offset, text.find("b,c"));
        EXPECT_THAT(cells(record), ElementsAre("b", "c"));
      }
    }
  }
}

long peak_kib() {
  struct Peak {
    static long read() {
      const auto status = read_file("/proc/self/status", 1 << 16).value();
      return std::strtol(status.c_str() + status.find("VmHWM:") + 6, nullptr, 10);
    }
  };
  return Peak::read();
}

TEST(Csv, ALineOfAGigabyteTakesNoMemory) {
  const long before = peak_kib();
  auto reader =
      Reader::over(repeated("email,name\n", std::string(1 << 20, 'x'), 1ULL << 30, "\nb,c\n"), "x",
                   {})
          .value();
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(record.problem, HasSubstr("1,073,741,824 bytes long"));
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(cells(record), ElementsAre("b", "c"));
  EXPECT_EQ(record.line, 3U);
  EXPECT_LT(peak_kib() - before, 40 << 10);
}

TEST(Csv, AFailedReadIsAnError) {
  bool first = true;
  Bytes bytes = [&](std::span<char> room) -> Result<std::size_t> {
    if (!first) return fail("x.csv: cannot read: Input/output error");
    first = false;
    return std::string_view("email\na\nb").copy(room.data(), room.size());
  };
  auto reader = Reader::over(bytes, "x.csv", {}).value();
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  const auto second = reader.next(record);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("Input/output error"));
}

TEST_F(TempFolder, OpensFilesAndKnowsTheirSize) {
  const std::string text = "email\na@example.com\n";
  auto reader = Reader::open(write(text)).value();
  EXPECT_EQ(reader.size(), text.size());
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  ASSERT_FALSE(reader.next(record).value());
  EXPECT_EQ(reader.bytes_read(), text.size());
}

TEST_F(TempFolder, SaysWhyAFileCannotBeRead) {
  EXPECT_THAT(Reader::open(folder + "/missing.csv").error().line(),
              HasSubstr("missing.csv: cannot open: No such file"));
  EXPECT_THAT(Reader::open(folder).error().line(), HasSubstr("is a folder"));
  const std::string empty = write("");
  EXPECT_THAT(Reader::open(empty).error().line(), HasSubstr("x.csv: is empty"));
}

TEST(Csv, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Fd in(ends[0]);
  Fd out(ends[1]);
  const std::string_view text = "email\na@example.com\n";
  ASSERT_EQ(::write(out.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  out.reset();
  auto reader = Reader::open("/dev/fd/" + std::to_string(in.get())).value();
  EXPECT_EQ(reader.size(), 0U);
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(cells(record), ElementsAre("a@example.com"));
  EXPECT_FALSE(reader.next(record).value());
}

}  // namespace
}  // namespace usher::csv
