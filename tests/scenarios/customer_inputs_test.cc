// SPDX-License-Identifier: Apache-2.0
// Whatever form the input has, what arrives is its items, byte for byte.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/customer_scene.h"

namespace usher::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct CustomerInputs : ::testing::Test {
  // Writes `text` as the only input; everybody is to arrive.
  void expect_arrives(const std::string& name, const std::string& text) {
    scene.folder.write(name, text);
    const CustomerRun run = scene.import({name});
    EXPECT_EQ(run.code(), 0) << run.out() << run.err();
    expect_everybody_once(scene.api, scene.items);
  }
  CustomerScene scene{120};
};

TEST_F(CustomerInputs, AListOfCustomers) {
  expect_arrives("in.json", file_of(scene.items));
}

TEST_F(CustomerInputs, AnExport) {
  std::string text = file_of(scene.items, "customers");
  text.replace(0, 1, R"({"importId":"2024-1","data_of":{"data":[1,2]},)");
  expect_arrives("export.json", text);
}

TEST_F(CustomerInputs, ABareArray) {
  const std::string text = file_of(scene.items, "x");
  expect_arrives("array.json", text.substr(text.find('['), text.rfind(']') + 1 - text.find('[')));
}

TEST_F(CustomerInputs, AFileThatBeginsWithAMarkOfItsEncoding) {
  expect_arrives("marked.json", "\xEF\xBB\xBF" + file_of(scene.items));
}

TEST_F(CustomerInputs, AFolderWithOtherThingsInIt) {
  std::error_code error;
  std::filesystem::create_directory(scene.folder.at("batches"), error);
  ASSERT_FALSE(error);
  for (std::size_t i = 0; i < 12; ++i) {
    scene.folder.write(fmt::format("batches/b{:02}.json", i),
                       file_of(part_of(scene.items, i * 10, i * 10 + 10)));
  }
  scene.folder.write("batches/notes.txt", "not this");
  const CustomerRun run = scene.import({"batches/"});
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  expect_everybody_once(scene.api, scene.items);
}

TEST_F(CustomerInputs, Households) {
  scene.items = some_households(120);
  expect_arrives("households.json", file_of(scene.items, "households"));
  EXPECT_EQ(scene.api.count("households"), 120);
}

TEST_F(CustomerInputs, ThatAreNoJsonAreToldByPlaceBeforeAnythingIsSent) {
  const std::string text = file_of(scene.items);
  for (const std::size_t size : {text.size() / 2, text.size() - 3, std::size_t{0}}) {
    scene.folder.write("cut.json", text.substr(0, size));
    const CustomerRun run = scene.import({"cut.json"});
    EXPECT_EQ(run.code(), 2) << size;
    EXPECT_THAT(run.out() + run.err(), HasSubstr("cut.json"));
  }
  EXPECT_EQ(scene.api.count("requests.total"), 0);
}

TEST_F(CustomerInputs, WithBadItemsSendTheOthersAndKeepThese) {
  scene.items[7].text =
      fmt::format(R"({{"changeType":"CREATE","type":"PERSON","person":{{"customerId":"{}",)"
                  R"("firstName":"A"}}}})",
                  scene.items[7].id);
  scene.folder.write("customers.json", file_of(scene.items));
  const CustomerRun run = scene.import();
  EXPECT_EQ(run.number("counts.invalid"), 1) << run.out();
  EXPECT_EQ(run.code(), 1);
  EXPECT_THAT(run.counts(), ElementsAre(119, 1, 0, 0));
  EXPECT_EQ(scene.api.count("items.received"), 119);
  scene.expect_everybody_once();
}

TEST_F(CustomerInputs, AreOnlyLookedAtWithCheck) {
  const CustomerRun good = scene.import({"--check"});
  EXPECT_EQ(good.code(), 0) << good.out() << good.err();
  scene.folder.write("customers.json", file_of(scene.items).replace(5, 0, "") + " trailing");
  EXPECT_EQ(scene.import({"--check"}).code(), 2);
  EXPECT_EQ(scene.api.count("requests.total"), 0);
  EXPECT_FALSE(scene.folder.has(kJobs));
}

TEST_F(CustomerInputs, AsCsvArriveByTheirMapping) {
  scene.folder.write("people.csv",
                     "\xEF\xBB\xBFID;First;Last\n00700;Emma;\"Test; A\"\n00701;Ben;B\n");
  scene.folder.write("mapping.json", R"({"separator": ";",
  "constants": {"changeType": "CREATE", "type": "PERSON"},
  "columns": {"ID": "person.customerId", "First": "person.firstName", "Last": "person.lastName"}})");
  const CustomerRun run = scene.import({"people.csv", "--csv-mapping", "mapping.json"});
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  const auto held = held_customers(scene.api);
  ASSERT_TRUE(held.contains("00700"));
  EXPECT_THAT(held.at("00700").text, HasSubstr("Test; A"));
  EXPECT_EQ(held.size(), 2U);
}

}  // namespace
}  // namespace usher::scenarios
