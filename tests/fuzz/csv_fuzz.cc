// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV: read whole and read in pieces give the same records, in order, each where it
// says it stands, in bounded size; mapping them never breaks. The first two bytes choose the
// pieces.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "source/bytes_in_hand.h"
#include "source/user_mapping.h"

namespace {

using usher::csv::Reader;
using usher::csv::Record;

void require(bool truth) {
  if (!truth) std::abort();
}

struct Seen {
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
  std::string raw = {};
  std::string problem = {};
  std::vector<std::string> cells = {};

  friend bool operator==(const Seen&, const Seen&) = default;
};

void check_place(const Record& record, const std::string& text, std::uint64_t end_of_last) {
  require(record.offset >= end_of_last);
  require(record.offset + record.raw.size() <= text.size());
  require(text.compare(record.offset, record.raw.size(), record.raw) == 0);
}

void map(const usher::UserMapping& mapping, const Record& record) {
  std::vector<std::string> warnings;
  const auto row = mapping.map(record, warnings);
  require(record.problem.empty() || !row);
  require(row || !row.error().message.empty());
}

std::vector<Seen> read(const std::string& text, std::size_t step, const Reader::Limits& limits) {
  std::vector<Seen> seen;
  auto reader = Reader::over(usher::csv::pieces(text, step, step), "fuzz.csv", limits);
  if (!reader) {
    seen.push_back({.problem = reader.error().line()});
    return seen;
  }
  const auto mapping = usher::UserMapping::make(reader->header(), {});
  Record record;
  std::uint64_t end = 0;
  while (reader->next(record).value()) {
    require(record.number == seen.size() + 1);
    require(record.raw.size() <= limits.record);
    check_place(record, text, end);
    end = record.offset + record.raw.size();
    if (record.problem.empty()) require(record.cells.size() == reader->header().size());
    if (mapping) map(*mapping, record);
    Seen one{record.line, record.offset, std::string(record.raw), record.problem, {}};
    one.cells.assign(record.cells.begin(), record.cells.end());
    seen.push_back(std::move(one));
  }
  require(reader->bytes_read() == text.size());
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + data[0];
  const Reader::Limits small{.record = 300, .window = std::size_t{1} + data[1]};
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  require(read(text, text.size() + 1, {.record = 300, .window = 1 << 16}) ==
          read(text, step, small));
  return 0;
}
