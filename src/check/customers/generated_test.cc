// SPDX-License-Identifier: Apache-2.0
// What the generator calls bad is what the check turns down, item by item and in every kind.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "check/customers/item_check.h"
#include "source/customers/generate.h"

namespace usher::check {
namespace {

using customers::GenerateOptions;
using customers::ImportType;

ItemReport check(const GenerateOptions& options, std::uint64_t& bad) {
  const ScratchFolder folder;
  std::string text;
  const auto made = customers::generate(
      options, [](std::uint64_t) { return Status(); },
      [&](std::string_view piece) -> Status {
        text += piece;
        return {};
      });
  bad = made ? made->bad : 0;
  auto inputs = customers::Inputs::open({.paths = {folder.write("x.json", text)}});
  if (!inputs) return {};
  auto report = check_items(*inputs);
  return report ? std::move(*report) : ItemReport();
}

TEST(GeneratedItems, AreAsGoodAndAsBadAsTheGeneratorSays) {
  for (const ImportType type : {ImportType::customers, ImportType::households}) {
    for (const double share : {0.0, 0.01, 0.3, 0.9}) {
      std::uint64_t bad = 0;
      const ItemReport report = check({.count = 2000, .type = type, .bad = share}, bad);
      EXPECT_EQ(report.items, 2000U);
      EXPECT_EQ(report.bad, bad);
      EXPECT_EQ(report.warnings, 0U);
    }
  }
}

TEST(GeneratedItems, AreBadInEveryKind) {
  std::uint64_t bad = 0;
  std::set<std::string> rules;
  for (const auto& rule : check({.count = 1000, .bad = 0.1}, bad).rules) {
    rules.insert(std::string(rule.rule));
  }
  EXPECT_EQ(rules, (std::set<std::string>{"bad_format", "duplicate_customer", "missing_change",
                                          "missing_field", "too_long", "unidentified",
                                          "unknown_value", "wrong_mode"}));
}

}  // namespace
}  // namespace usher::check
