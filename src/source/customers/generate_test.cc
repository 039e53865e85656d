// SPDX-License-Identifier: Apache-2.0
#include "source/customers/generate.h"

#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"

namespace usher::customers {
namespace {

using testing::HasSubstr;

struct Output {
  explicit Output(const GenerateOptions& options) {
    const auto done = generate(
        options,
        [this](std::uint64_t number) -> Status {
          files.resize(number);
          return {};
        },
        [this](std::string_view piece) -> Status {
          files.back() += piece;
          return {};
        });
    if (done) {
      made = *done;
    } else {
      error = done.error().line();
    }
  }
  // As the scanner finds them.
  [[nodiscard]] std::vector<std::string> items() const {
    const ScratchFolder folder;
    Inputs::Wish wish;
    for (std::size_t i = 0; i < files.size(); ++i) {
      wish.paths.push_back(folder.write(std::to_string(i) + ".json", files[i]));
    }
    auto inputs = Inputs::open(wish);
    if (!inputs) return {inputs.error().line()};
    std::vector<std::string> found;
    const Status done = inputs->survey([&](const Item& item) -> Status {
      found.emplace_back(item.json);
      return {};
    });
    return done ? found : std::vector<std::string>{done.error().line()};
  }
  std::vector<std::string> files;
  Generated made;
  std::string error;
};

TEST(GenerateCustomers, TheSameSeedMakesTheSameBytes) {
  const GenerateOptions options{.count = 500, .seed = 7, .bad = 0.1, .per_file = 90};
  EXPECT_EQ(Output(options).files, Output(options).files);
  GenerateOptions other = options;
  other.seed = 8;
  EXPECT_NE(Output(options).files, Output(other).files);
}

TEST(GenerateCustomers, MakesWhatItSays) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    GenerateOptions options;
    options.count = random.below(1000);
    options.seed = seed;
    options.type = random.chance(0.3) ? ImportType::households : ImportType::customers;
    options.bad = random.chance(0.3) ? 0 : random.unit();
    options.per_file = random.chance(0.5) ? 0 : 1 + random.below(300);
    if (random.chance(0.3)) options.shape = Shape::array;
    if (options.type == ImportType::customers && random.chance(0.3)) {
      options.shape = Shape::customers;
    }
    const Output output(options);
    ASSERT_EQ(output.error, "");
    EXPECT_EQ(output.made.items, options.count);
    EXPECT_EQ(output.made.files, output.files.size());
    std::size_t bytes = 0;
    for (const auto& file : output.files) bytes += file.size();
    EXPECT_EQ(output.made.bytes, bytes);
    EXPECT_NEAR(static_cast<double>(output.made.bad),
                options.bad * static_cast<double>(options.count), 1);
    const auto items = output.items();
    ASSERT_EQ(items.size(), options.count) << items.front();
    for (const auto& item : items) {
      boost::json::error_code error;
      (void)boost::json::parse(item, error);
      EXPECT_FALSE(error) << item;
    }
  }
}

TEST(GenerateCustomers, IdsAreThoseOfTheExistingGenerator) {
  const Output output({.count = 1000, .per_file = 50});
  EXPECT_EQ(output.files.size(), 20U);
  const auto items = output.items();
  ASSERT_EQ(items.size(), 1000U);
  EXPECT_THAT(items.front(), HasSubstr(R"("customerId": "50000001000")"));
  EXPECT_THAT(items.back(), HasSubstr(R"("customerId": "50000001999")"));
}

// One target may take both.
TEST(GenerateCustomers, AnotherSeedMakesOtherPeople) {
  std::set<std::string> ids;
  for (const std::uint64_t seed : {1U, 2U, 22U}) {
    for (const auto& item : Output({.count = 200, .seed = seed}).items()) {
      const auto parsed = boost::json::parse(item);
      EXPECT_TRUE(ids.emplace(parsed.at("person").at("customerId").as_string().c_str()).second);
    }
  }
  EXPECT_EQ(ids.size(), 600U);
}

TEST(GenerateCustomers, EveryItemHoldsWhatMustNotChange) {
  std::string all;
  for (const auto& item : Output({.count = 300}).items()) {
    EXPECT_THAT(item, HasSubstr(R"("loyalty": {"account": "00)"));
    EXPECT_THAT(item, HasSubstr(R"(.50, "since": 1.20E3)"));
    EXPECT_GT(item.size(), 700U);
    EXPECT_LT(item.size(), 1300U);
    all += item;
  }
  for (const auto* part : {"SJÖBERG", "\\u00dc", "\\\"Red\\\"", "A\\/B", "プレミアム"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(GenerateCustomers, RefusesOptionsBeyondTheirRange) {
  EXPECT_THAT(Output({.bad = 1.5}).error, HasSubstr("between 0 and 1"));
  EXPECT_THAT(Output({.count = 2'000'000'000}).error, HasSubstr("more than 1,000,000,000"));
  const auto full = generate(
      {}, [](std::uint64_t) { return Status(); },
      [](std::string_view) -> Status { return fail("No space left"); });
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error().what, HasSubstr("No space left"));
}

}  // namespace
}  // namespace usher::customers
