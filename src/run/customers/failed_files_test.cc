// SPDX-License-Identifier: Apache-2.0
#include "run/customers/failed_files.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "run/customers/jobs_test.h"
#include "run/customers/rest.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class FailedCustomers : public testing::Test {
 protected:
  FailedCustomers() { scratch_.write("a.json", file_of(1, 40)); }

  // Everything of the job that has not arrived, as a run ends with it.
  std::string write(TestJob& test) {
    FailedFiles files(test.job->plan, test.inputs, test.job->folder.id(), now_);
    std::string bytes;
    const auto missing = find_missing(*test.job->store, test.inputs);
    EXPECT_TRUE(missing);
    for (std::uint64_t number = 1; missing && number < missing->size(); ++number) {
      if (!(*missing)[number]) continue;
      const auto rest = read_rest(*test.job->store, test.inputs, number, bytes);
      EXPECT_TRUE(rest && files.add(*rest));
    }
    const Status finished = files.finish();
    EXPECT_TRUE(finished) << finished.error().line();
    return files.path();
  }
  boost::json::value json(const std::string& path) {
    boost::system::error_code error;
    auto value = boost::json::parse(read_file(path, 10 << 20).value_or("?"), error);
    EXPECT_FALSE(error) << path;
    return value;
  }
  std::string singles(const std::string& below = "") {
    return scratch_.at("failed_customers/single_failures" + below);
  }

  ScratchFolder scratch_;
  WallTime now_ = read_clocks().wall;
};

TEST_F(FailedCustomers, HaveTheFieldsOfTheExistingToolAndWhereTheyComeFrom) {
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set(2, 3, ended(Outcome::failed, why(Cause::Kind::result, 201, "CONFLICT")));
  test.set(3, 0, ended(Outcome::unconfirmed, why(Cause::Kind::unanswered, 0, "", "timeout"), true));
  const std::string path = write(test);
  EXPECT_EQ(path, scratch_.at("failed_customers/failed_customers.json"));
  const auto list = json(path).as_array();
  ASSERT_EQ(list.size(), 2U) << "what was not sent has not failed";
  const auto& first = list.at(0).as_object();
  EXPECT_EQ(first.at("customerId"), "00000000014");
  EXPECT_EQ(first.at("username"), "");
  EXPECT_EQ(first.at("result"), "CONFLICT");
  EXPECT_EQ(first.at("error"), "result CONFLICT");
  EXPECT_THAT(first.at("timestamp").as_string().c_str(), MatchesRegex("....-..-..T..:..:.."));
  EXPECT_THAT(first.at("batchInfo").as_string().c_str(), HasSubstr("batch 2 of 4, item 4 of 10"));
  EXPECT_EQ(first.at("batch_id"), 2);
  EXPECT_EQ(first.at("source_file"), scratch_.at("a.json").c_str());
  EXPECT_EQ(first.at("line"), 14);
  EXPECT_EQ(first.at("http_status"), 201);
  EXPECT_EQ(first.at("originalData").at("person").at("lastName"), "Å 14");
  EXPECT_TRUE(list.at(1).as_object().at("http_status").is_null());
  EXPECT_EQ(list.at(1).as_object().at("result"), "UNCONFIRMED");
}

TEST_F(FailedCustomers, NeverShowAPasswordInTheList) {
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  const auto text = read_file(write(test), 1 << 20);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, Not(HasSubstr("secret-")));
  EXPECT_THAT(*text, HasSubstr(std::string(Secret::kMask)));
}

TEST_F(FailedCustomers, AreOneByOneImportableUnderNamesThatAreNoPaths) {
  scratch_.write("b.json", R"({"data":[{"person":{"customerId":"../../x","username":"a@b/.."}},)"
                           R"({"person":{"customerId":"..\\..x","username":"ab"}},)"
                           R"({"person":{"customerId":"X","username":"AB"}},{"person":{}},)"
                           R"({"person":{"customerId":"\u00e5\u00e4"}}]})");
  TestJob test(scratch_, {scratch_.at("b.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::result, 201, "../../evil\n")));
  write(test);
  EXPECT_THAT(names_in(singles()), ElementsAre("README.md", "______EVIL_"));
  EXPECT_THAT(names_in(singles("/______EVIL_")),
              ElementsAre("_SUMMARY_______EVIL_.json", "customer_X_AB_3.json",
                          "customer_item00004_unknown.json", "customer_item00005_unknown.json",
                          "customer_x_ab.json", "customer_x_ab_2.json"));
  std::set<std::string> items;
  for (const std::string& name : names_in(singles("/______EVIL_"))) {
    if (name.starts_with("_")) continue;
    const Inputs one = survey({singles("/______EVIL_/" + name)}, 10);
    EXPECT_EQ(one.items(), 1);
    std::string bytes;
    const auto read = one.read(one.batch(1), bytes);
    ASSERT_TRUE(read);
    items.emplace(read->front().json);
  }
  EXPECT_EQ(items.size(), 5U);
  EXPECT_EQ(json(singles("/______EVIL_/_SUMMARY_______EVIL_.json"))
                .at("customers_list")
                .as_array()
                .size(),
            5U);
}

TEST_F(FailedCustomers, ExplainWhatIsTemporaryAndWhatMustBeCorrectedTheRightWayRound) {
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::result, 201, "FAILED")));
  test.set_all(2, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  write(test);
  const auto text = read_file(singles("/README.md"), 1 << 20);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("- FAILED: temporary."));
  EXPECT_THAT(*text, HasSubstr("- ERROR: the data must be corrected"));
  EXPECT_THAT(*text, HasSubstr("UNCONFIRMED"));
  EXPECT_THAT(*text, HasSubstr("INVALID"));
  const auto summary = json(singles("/FAILED/_SUMMARY_FAILED.json"));
  EXPECT_EQ(summary.at("total_customers"), 10);
  EXPECT_EQ(summary.at("files_written"), 10);
  EXPECT_EQ(summary.at("failure_reason"), "FAILED");
  EXPECT_THAT(summary.at("what_to_do").as_string().c_str(), HasSubstr("Temporary"));
}

TEST_F(FailedCustomers, OfAnEarlierJobAreSetAsideAndThoseOfTheSameJobRewritten) {
  TestJob first(scratch_, {scratch_.at("a.json")}, 10, "one");
  first.set_all(1, ended(Outcome::failed, why(Cause::Kind::result, 201, "FAILED")));
  write(first);
  first.set(1, 0, ended(Outcome::arrived));
  write(first);
  EXPECT_EQ(names_in(scratch_.at("failed_customers")).size(), 2U);
  EXPECT_EQ(json(scratch_.at("failed_customers/failed_customers.json")).as_array().size(), 9U);

  TestJob second(scratch_, {scratch_.at("a.json")}, 10, "two");
  second.set(1, 5, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  write(second);
  EXPECT_EQ(json(scratch_.at("failed_customers/failed_customers.json")).as_array().size(), 1U);
  const auto names = names_in(scratch_.at("failed_customers"));
  EXPECT_EQ(names.size(), 4U);
  int aside = 0;
  for (const std::string& name : names) {
    if (testing::Matches(MatchesRegex("failed_customers_[0-9]{8}_[0-9]{6}[.]json"))(name)) {
      ++aside;
      EXPECT_EQ(json(scratch_.at("failed_customers/" + name)).as_array().size(), 9U);
    }
    aside += testing::Matches(MatchesRegex("single_failures_[0-9]{8}_[0-9]{6}"))(name) ? 1 : 0;
  }
  EXPECT_EQ(aside, 2);

  second.set_all(1, ended(Outcome::arrived));
  EXPECT_EQ(write(second), "");
  EXPECT_EQ(json(scratch_.at("failed_customers/failed_customers.json")).as_array().size(), 0U);
  EXPECT_FALSE(scratch_.has("failed_customers/single_failures"));
}

TEST_F(FailedCustomers, AreForTheirOwnerAloneAndLeaveNoDrafts) {
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  const mode_t before = ::umask(0);
  write(test);
  ::umask(before);
  std::error_code error;
  const std::string folder = scratch_.at("failed_customers");
  std::vector<std::string> paths = {folder};
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; at != end; ++at) {
    paths.push_back(at->path().string());
  }
  EXPECT_EQ(paths.size(), 16U);
  for (const std::string& path : paths) {
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, S_ISDIR(info.st_mode) ? 0700U : 0600U) << path;
    EXPECT_THAT(path, Not(HasSubstr("/.")));
  }
}

TEST_F(FailedCustomers, OfAProcessThatWasKilledLeaveNoDrafts) {
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::arrived));
  std::filesystem::create_directories(
      scratch_.at("failed_customers/.single_failures.spring.new/ERROR"));
  scratch_.write("failed_customers/.failed_customers.spring.new", "[{");
  scratch_.write("failed_customers/.failed_customers.autumn.new", "[{");
  EXPECT_EQ(write(test), "");
  EXPECT_THAT(names_in(scratch_.at("failed_customers")),
              ElementsAre(".failed_customers.autumn.new"));
}

TEST(SingleFailureFiles, AreBoundedAndTheSummarySaysSo) {
  const ScratchFolder scratch;
  SingleFailures singles(scratch.path(), "shown", ImportType::households, read_clocks().wall, 3);
  Identity who;
  who.id = "7";
  Item item;
  item.json = "{}";
  const ItemState state = ended(Outcome::failed, why(Cause::Kind::result, 200, "ERROR"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(singles.add(item, who, state, "why"));
  ASSERT_TRUE(singles.finish("spring"));
  EXPECT_THAT(names_in(scratch.at("ERROR")),
              ElementsAre("_SUMMARY_ERROR.json", "household_7.json", "household_7_2.json",
                          "household_7_3.json"));
  EXPECT_THAT(scratch.read("ERROR/_SUMMARY_ERROR.json"), HasSubstr("\"files_left_out\": 7"));
  EXPECT_THAT(scratch.read("ERROR/_SUMMARY_ERROR.json"), HasSubstr("\"total_households\": 10"));
  EXPECT_EQ(scratch.read("ERROR/household_7.json"), "{\"households\":[\n{}\n]}\n");
}

TEST(SingleFailureFiles, OfMoreResultsThanHaveFoldersShareOne) {
  const ScratchFolder scratch;
  SingleFailures singles(scratch.path(), "shown", ImportType::customers, read_clocks().wall);
  Item item;
  item.json = "{}";
  for (int i = 0; i < 300; ++i) {
    const auto state =
        ended(Outcome::failed, why(Cause::Kind::result, 200, fmt::format("CODE_{}", i)));
    ASSERT_TRUE(singles.add(item, Identity{}, state, ""));
  }
  ASSERT_TRUE(singles.finish("spring"));
  EXPECT_EQ(names_in(scratch.path()).size(), SingleFailures::kMostFolders + 2);
  EXPECT_EQ(names_in(scratch.at("OTHERS")).size(), 201U);
}

TEST(FolderNames, AreNeverEmptyAndNeverAPath) {
  EXPECT_EQ(folder_name("CONFLICT"), "CONFLICT");
  EXPECT_EQ(folder_name("partly done"), "PARTLY_DONE");
  EXPECT_EQ(folder_name(".."), "__");
  EXPECT_EQ(folder_name("/etc"), "_ETC");
  EXPECT_EQ(folder_name(""), "UNKNOWN");
  EXPECT_EQ(folder_name(std::string(1'000, 'x')).size(), 60U);
}

}  // namespace
}  // namespace usher::customers
