// SPDX-License-Identifier: Apache-2.0
#include "check/repeat_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace usher::check {
namespace {

std::string columns(std::uint32_t differs) {
  std::string names;
  for (std::size_t i = 0; i < kColumns; ++i) {
    if ((differs >> i & 1U) == 0) continue;
    names += names.empty() ? "" : ", ";
    names += to_string(static_cast<Column>(i));
  }
  return names;
}

}  // namespace

Column repeat_column(Rule rule) {
  switch (rule) {
    case Rule::duplicate_external_id:
      return Column::external_id;
    case Rule::org_name_differs:
    case Rule::org_name_shared:
      return Column::org_name;
    default:
      return Column::email;
  }
}

std::string repeat_words(const Repeat& repeat, const Row& row) {
  const std::string value = printable(clean_cell(row.cells[repeat_column(repeat.rule)]), 80);
  const std::string earlier =
      fmt::format("record {} (line {})", repeat.earlier_number, repeat.earlier_line);
  switch (repeat.rule) {
    case Rule::duplicate_email_conflict:
      return fmt::format("Duplicate email: {}; {} came first and counts, it differs in {}", value,
                         earlier, columns(repeat.differs));
    case Rule::duplicate_external_id:
      return fmt::format("Duplicate external_id: {}; {} has it for another email", value, earlier);
    case Rule::org_name_differs:
      return fmt::format("org_name \"{}\" is not that of {}, which names the same organization",
                         value, earlier);
    case Rule::org_name_shared:
      return fmt::format("org_name \"{}\" is also that of {}, which names another organization",
                         value, earlier);
    default:
      break;
  }
  const std::string_view where = names_organization(row) ? " in the same organization" : "";
  if (repeat.differs == 0) {
    return fmt::format("Duplicate email: {}; {} is the same person{} and says it all", value,
                       earlier, where);
  }
  return fmt::format("Duplicate email: {}; {} is the same person{}, it differs in {}", value,
                     earlier, where, columns(repeat.differs));
}

}  // namespace usher::check
