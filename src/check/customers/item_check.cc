// SPDX-License-Identifier: Apache-2.0
#include "check/customers/item_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "check/customers/same_items.h"
#include "source/customers/input_bytes.h"
#include "target/customers/schema.h"

namespace usher::check {
namespace {

using customers::ImportType;
using customers::Item;
using Severity = ItemFinding::Severity;

std::string_view called(SameItem::By by, ImportType type) {
  switch (by) {
    case SameItem::By::id:
      return type == ImportType::customers ? "customerId" : "householdId";
    case SameItem::By::login:
      return "username (or default e-mail)";
    case SameItem::By::email:
      break;
  }
  return "default e-mail";
}

class ItemChecker {
 public:
  explicit ItemChecker(customers::Inputs& inputs) : inputs_(inputs) {}

  Result<ItemReport> run(int stop_fd) {
    USHER_TRY(inputs_.survey([this](const Item& item) { return check(item); }, stop_fd));
    USHER_TRY(same_.compare(bad_));
    USHER_TRY(finish());
    report_.items = inputs_.items();
    merge_findings();
    std::ranges::sort(report_.rules, [](const auto& a, const auto& b) {
      return a.count != b.count ? a.count > b.count : a.first.item < b.first.item;
    });
    return std::move(report_);
  }

 private:
  Status check(const Item& item) {
    findings_.clear();
    const customers::Identity identity =
        customers::check_schema(item.json, inputs_.type(), findings_);
    bool bad = false;
    for (auto& found : findings_) {
      bad = bad || found.error;
      add(report_.findings,
          {found.error ? Severity::error : Severity::warning, found.rule, std::move(found.message),
           item.number, inputs_.files()[item.file].path, item.in_file, item.line});
    }
    if (!bad) return same_.add(item.number, item.line, identity);
    bad_.set(item.number);
    return {};
  }

  // Into `kept` those of one kind come in order of the items.
  void add(std::vector<ItemFinding>& kept, ItemFinding finding) {
    ++(finding.severity == Severity::error ? report_.errors : report_.warnings);
    const auto rule = std::ranges::find_if(report_.rules, [&](const ItemReport::Rule& known) {
      return known.rule == finding.rule && known.severity == finding.severity;
    });
    if (rule == report_.rules.end()) {
      report_.rules.push_back({finding.rule, finding.severity, 1, finding});
    } else {
      ++rule->count;
    }
    if (kept.size() < ItemReport::kMostFindings) kept.push_back(std::move(finding));
  }

  void merge_findings() {
    std::vector<ItemFinding> all;
    std::ranges::merge(report_.findings, repeated_, std::back_inserter(all), {}, &ItemFinding::item,
                       &ItemFinding::item);
    if (all.size() > ItemReport::kMostFindings) all.resize(ItemReport::kMostFindings);
    report_.findings = std::move(all);
  }

  [[nodiscard]] std::string words_for(const SameItem& same) const {
    const auto file = file_of(same.earlier);
    const std::string_view way = called(same.by, inputs_.type());
    const std::string place = fmt::format("{}, item {}", customers::shown_path(file->path),
                                          same.earlier - file->first_item + 1);
    if (same.error) {
      return fmt::format("the same {} stands earlier: {}; nobody can be created twice", way, place);
    }
    return fmt::format(
        "the same {} stands earlier, too: {}; requests run side by side, so either may come first",
        way, place);
  }

  [[nodiscard]] std::vector<customers::InputFile>::const_iterator file_of(
      std::uint64_t number) const {
    const auto& files = inputs_.files();
    const auto behind = std::ranges::upper_bound(files, number, {},
                                                 [](const auto& file) { return file.first_item; });
    // Files without items begin where the next one does.
    return behind - 1;
  }

  [[nodiscard]] ItemFinding finding_of(const SameItem& same) const {
    const bool people = inputs_.type() == ImportType::customers;
    const std::string_view rule = same.error
                                      ? (people ? "duplicate_customer" : "duplicate_household")
                                      : (people ? "repeated_customer" : "repeated_household");
    const auto file = file_of(same.number);
    return {same.error ? Severity::error : Severity::warning,
            rule,
            words_for(same),
            same.number,
            file->path,
            same.number - file->first_item + 1,
            same.line};
  }

  // What only all items together tell, and the marks of those in error.
  Status finish() {
    std::vector<SameItem> same;
    for (std::uint64_t number = 1; number <= inputs_.items(); ++number) {
      if (same_.any()) {
        USHER_TRY(same_.of(number, same));
        if (!same.empty()) add(repeated_, finding_of(same.front()));
      }
      if (!bad_.has(number)) continue;
      ++report_.bad;
      USHER_TRY(inputs_.mark_bad(number));
    }
    return {};
  }

  customers::Inputs& inputs_;
  ItemReport report_;
  SameItems same_;
  ItemFlags bad_;
  std::vector<ItemFinding> repeated_;
  std::vector<customers::SchemaFinding> findings_;
};

}  // namespace

Result<ItemReport> check_items(customers::Inputs& inputs, int stop_fd) {
  return ItemChecker(inputs).run(stop_fd);
}

std::string why_bad(const Item& item, ImportType type) {
  if (!item.bad) return {};
  std::vector<customers::SchemaFinding> findings;
  (void)customers::check_schema(item.json, type, findings);
  std::erase_if(findings, [](const auto& finding) { return !finding.error; });
  if (findings.empty()) {
    return type == ImportType::customers ? "the same customer stands earlier"
                                         : "the same household stands earlier";
  }
  if (findings.size() == 1) return findings.front().message;
  return fmt::format("{} (and {} more)", findings.front().message, findings.size() - 1);
}

}  // namespace usher::check
