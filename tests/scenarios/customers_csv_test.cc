// SPDX-License-Identifier: Apache-2.0
// The example of docs/customers-csv.md does what the page says, to the byte.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "check/customers/item_check.h"
#include "source/customers/inputs.h"

namespace usher::scenarios {
namespace {

std::vector<std::string> blocks_of(const std::string& page) {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const auto line : split(page, '\n')) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += std::string(line) + '\n';
    }
  }
  return blocks;
}

TEST(CustomersCsvPage, ShowsAnExampleThatWorks) {
  std::ostringstream page;
  page << std::ifstream(std::string(USHER_SOURCE) + "/docs/customers-csv.md").rdbuf();
  const auto blocks = blocks_of(page.str());
  ASSERT_EQ(blocks.size(), 3U);
  const ScratchFolder folder;
  customers::Inputs::Wish wish;
  wish.paths = {folder.write("people.csv", blocks[0])};
  wish.csv_mapping = folder.write("mapping.json", blocks[1]);
  auto inputs = customers::Inputs::open(wish);
  ASSERT_TRUE(inputs) << inputs.error().line();
  const auto report = check::check_items(*inputs);
  ASSERT_TRUE(report) << report.error().line();
  EXPECT_EQ(report->items, 2U);
  EXPECT_TRUE(report->findings.empty());
  std::string bytes;
  const auto items = inputs->read(inputs->batch(1), bytes);
  ASSERT_TRUE(items) << items.error().line();
  ASSERT_EQ(items->size(), 2U);
  EXPECT_EQ(std::string((*items)[0].json) + '\n', blocks[2]);
  EXPECT_FALSE((*items)[1].json.contains("PARTNER_CARD"));
}

}  // namespace
}  // namespace usher::scenarios
