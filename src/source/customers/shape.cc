// SPDX-License-Identifier: Apache-2.0
#include "source/customers/inputs.h"

namespace usher::customers {

std::string_view to_string(Shape shape) {
  switch (shape) {
    case Shape::data:
      return "data";
    case Shape::households:
      return "households";
    case Shape::customers:
      return "customers";
    case Shape::array:
      return "array";
    case Shape::csv:
      break;
  }
  return "csv";
}

}  // namespace usher::customers
