// SPDX-License-Identifier: Apache-2.0
#include "cli/count_table.h"

#include "base/text.h"

namespace usher::cli {
namespace {

constexpr std::size_t kLabel = 16;
constexpr std::array<std::size_t, 5> kColumns = {11, 13, 14, 11, 11};

}  // namespace

std::string padded(std::string text, std::size_t columns) {
  const std::size_t length = utf8_length(text);
  if (length < columns) text.append(columns - length, ' ');
  return text;
}

std::string right(std::string_view text, std::size_t columns) {
  const std::size_t length = utf8_length(text);
  return std::string(columns > length ? columns - length : 1, ' ') + std::string(text);
}

std::string field(std::string_view name, std::string_view content) {
  return padded(std::string(name) + ":", kLabel) + std::string(content);
}

CountTable::CountTable(bool dry_run, std::string_view rest)
    : head_(kLabel, ' '), has_rest_(!rest.empty()) {
  const std::array<std::string_view, 5> titles = {"total", dry_run ? "would create" : "created",
                                                  "already there",
                                                  dry_run ? "would fail" : "failed", rest};
  for (std::size_t i = 0; i < (has_rest_ ? 5U : 4U); ++i) head_ += right(titles[i], kColumns[i]);
}

std::string CountTable::row(std::string_view label, std::uint64_t created,
                            std::uint64_t already_there, std::uint64_t failed,
                            std::uint64_t rest) const {
  std::string line = padded(std::string(label), kLabel);
  const std::array<std::uint64_t, 5> numbers = {created + already_there + failed + rest, created,
                                                already_there, failed, rest};
  const std::size_t shown = has_rest_ && rest > 0 ? 5 : 4;
  for (std::size_t i = 0; i < shown; ++i) line += right(with_commas(numbers[i]), kColumns[i]);
  return line;
}

std::string CountTable::row(std::string_view label, const Tally::Things& things) const {
  return row(label, things.created, things.already_there, things.failed);
}

}  // namespace usher::cli
