// SPDX-License-Identifier: Apache-2.0
// The records of a CSV as items, made by a mapping. What cannot be made (a record of the wrong
// length, a date that is none) refuses the file, naming the lines: no customer is left out in
// silence. Tested by csv_items_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "source/csv.h"
#include "source/customers/csv_mapping.h"
#include "source/customers/item_scanner.h"

namespace usher::customers {

class CsvItems {
 public:
  // Reads the header, and sees to it that every column is mapped or dropped.
  [[nodiscard]] static Result<CsvItems> begin(Bytes bytes, std::string name,
                                              const CsvMapping& mapping);

  // The next record; false behind the last one, which fails when there was one that could not be
  // made. `item.offset` is not set.
  [[nodiscard]] Result<bool> next(FoundItem& item);

 private:
  CsvItems(csv::Reader reader, std::string name, const CsvMapping& mapping)
      : reader_(std::move(reader)), name_(std::move(name)), mapping_(mapping) {}

  [[nodiscard]] Status bind(CsvField& field, const std::vector<std::string>& header);
  void clean_cells();
  // Each appends what is there, and says false when that is nothing.
  [[nodiscard]] bool append(const CsvField& field, std::string& out);
  [[nodiscard]] bool append_cell(const CsvField& field, std::string& out);
  [[nodiscard]] bool append_inner(const CsvField& field, std::string& out);
  [[nodiscard]] bool is_vacant(const CsvField& element) const;
  void note(std::string problem);
  [[nodiscard]] Status trouble() const;

  csv::Reader reader_;
  std::string name_;
  CsvMapping mapping_;
  csv::Record record_;
  std::vector<std::string> cells_;
  std::string json_;
  // The first thing that could not be made, and where the others are.
  std::string problem_;
  std::uint64_t problem_line_ = 0;
  std::uint64_t last_line_ = 0;
  std::vector<std::uint64_t> more_lines_;
  std::uint64_t more_ = 0;
};

// The items that were made, in a file without a name.
class MadeItems {
 public:
  [[nodiscard]] Result<std::uint64_t> add(std::string_view json);  // its offset
  [[nodiscard]] Status flush();
  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<char> room) const;

 private:
  Fd fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace usher::customers
