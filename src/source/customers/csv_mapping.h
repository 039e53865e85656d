// SPDX-License-Identifier: Apache-2.0
// How the columns of a CSV become fields of items: a file of JSON that a person writes, reads and
// signs off (docs/customers-csv.md). Nothing is guessed: a column that is neither mapped nor
// dropped is an error, and so is a mapped one that is not there. Tested by csv_items_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::customers {

// What a cell becomes.
enum class CellForm : std::uint8_t { text, boolean, number, date };

// A place in the item: an object with members, a list with elements, or a value at the end of a
// path. Members are in the order in which the mapping names them.
struct CsvField {
  enum class Kind : std::uint8_t { object, list, constant, column } kind = Kind::object;
  std::string name;             // JSON text, quotes included; of an element: empty
  std::vector<CsvField> inner;  // object and list
  std::string json;             // constant
  std::string column;           // its name
  std::size_t index = 0;        // of the column, once bound to a header
  CellForm form = CellForm::text;
  std::string date;  // "DD.MM.YYYY"
};

struct CsvMapping {
  char separator = ',';
  CsvField item;                     // an object
  std::vector<std::string> columns;  // that are mapped
  std::vector<std::string> drop;
  std::vector<std::string> empty;  // words that mean an empty cell: "NULL"

  // Errors name the file, and the field or the column.
  [[nodiscard]] static Result<CsvMapping> read(const std::string& path);
  [[nodiscard]] static Result<CsvMapping> parse(std::string_view text, const std::string& name);
};

// The words of a date pattern, once each: "DD.MM.YYYY", "YYYYMMDD", "M/D/YYYY" is none.
[[nodiscard]] bool is_date_pattern(std::string_view pattern);
// YYYY-MM-DD; false when the text does not follow the pattern.
[[nodiscard]] bool read_date(std::string_view text, std::string_view pattern, std::string& out);

}  // namespace usher::customers
