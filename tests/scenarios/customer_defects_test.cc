// SPDX-License-Identifier: Apache-2.0
// The existing tool's defects (D1 to D27 of the reference), as far as they are the program's and
// not its window's: each by its number and by what holds here instead.
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/customer_scene.h"

namespace usher::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::set<std::string> ids_of(const RetryFiles& retry) {
  std::set<std::string> ids;
  for (const auto& [id, kept] : retry.items) ids.insert(id);
  return ids;
}

void expect_received_once(const CustomerScene& scene) {
  for (const auto& [id, held] : held_customers(scene.api)) EXPECT_EQ(held.received, 1) << id;
}

// One batch of five, answered as `answer` says instead of the truth.
struct OneAnswer : CustomerScene {
  explicit OneAnswer(const std::string& body, int status = 201) : CustomerScene(5) {
    boost::json::object fault = {{"kind", "other_answer"}, {"status", status}, {"body", body}};
    add_fault(api, boost::json::serialize(fault));
  }
  [[nodiscard]] std::string result(std::size_t which, const char* code) const {
    return fmt::format(R"({{"changeType":"CREATE","result":"{}","customerId":"{}"}})", code,
                       items[which].id);
  }
};

TEST(CustomerDefects, D2ARetryNeverSendsAgainWhoHasArrived) {
  CustomerScene scene(20);
  add_fault(scene.api,
            fmt::format(R"({{"kind":"result","id":"{}","count":1}})", scene.items[4].id));
  EXPECT_EQ(scene.import().code(), 1);
  const RetryFiles retry = scene.retry_files();
  EXPECT_EQ(ids_of(retry), std::set<std::string>{scene.items[4].id});
  EXPECT_EQ(scene.retry(retry).code(), 0);
  expect_everybody_once(scene.api, scene.items);
  for (const auto& [id, held] : held_customers(scene.api)) {
    EXPECT_EQ(held.received, id == scene.items[4].id ? 2 : 1) << id;
  }
}

TEST(CustomerDefects, D3TheCountsAreThoseOfCustomersAndAddUp) {
  CustomerScene scene(40);
  add_fault(scene.api, R"({"faults":[{"kind":"result","result":"ERROR","every":8},)"
                       R"({"kind":"error_json","status":400,"after":2,"count":1},)"
                       R"({"kind":"empty_body","after":3,"count":1}]})");
  const CustomerRun run = scene.import();
  EXPECT_EQ(run.code(), 1);
  const auto counts = run.counts();
  EXPECT_THAT(run.counts(), ElementsAre(18, 12, 10, 0));
  EXPECT_EQ(run.number("counts.total"), 40);
  scene.expect_everybody_once();
}

TEST(CustomerDefects, D4EveryStatusFrom200To299IsAnAnswer) {
  for (const int status : {200, 201, 202, 207}) {
    CustomerScene scene(5);
    std::string list;
    for (const CustomerItem& item : scene.items) {
      list += fmt::format(R"({}{{"changeType":"CREATE","result":"SUCCESS","customerId":"{}"}})",
                          list.empty() ? "" : ",", item.id);
    }
    boost::json::object fault = {
        {"kind", "other_answer"}, {"status", status}, {"body", R"({"data":[)" + list + "]}"}};
    add_fault(scene.api, boost::json::serialize(fault));
    EXPECT_EQ(scene.import({"--max-retries", "3"}).code(), 0) << status;
    expect_received_once(scene);
  }
}

TEST(CustomerDefects, D6ATokenServiceThatComesBackIsAskedAgainInTheSameRun) {
  CustomerScene scene(30);
  add_fault(scene.api, R"({"kind":"error_html","status":503,"path":"/auth/*","count":1})");
  const CustomerRun run = scene.log_in_and_import({"--max-retries", "3"});
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerDefects, D7ResultsWithoutIdsBelongToTheItemsInTheirPlaces) {
  const std::string good = R"({"changeType":"CREATE","result":"SUCCESS"})";
  const std::string bad = R"({"changeType":"CREATE","result":"ERROR"})";
  OneAnswer scene(R"({"data":[)" + bad + "," + good + "," + bad + "," + good + "," + bad + "]}");
  EXPECT_THAT(scene.import().counts(), ElementsAre(2, 3, 0, 0));
  EXPECT_EQ(ids_of(scene.retry_files()),
            (std::set<std::string>{scene.items[0].id, scene.items[2].id, scene.items[4].id}));
}

TEST(CustomerDefects, D8AnIdIsNotTheCardNumberOfSomebodyElse) {
  CustomerScene scene(2);
  scene.items[0] = {"111", R"({"changeType":"CREATE","type":"PERSON","person":{"customerId":"111",)"
                           R"("firstName":"A","lastName":"B","customerCards":[{"number":"222",)"
                           R"("type":"MAIN_CARD","scope":"GLOBAL"}]}})"};
  scene.items[1] = {"222", R"({"changeType":"CREATE","type":"PERSON","person":{"customerId":"222",)"
                           R"("firstName":"C","lastName":"D"}})"};
  scene.folder.write("customers.json", file_of(scene.items));
  add_fault(scene.api, R"({"kind":"result","result":"ERROR","id":"222"})");
  EXPECT_EQ(scene.import().code(), 1);
  EXPECT_EQ(ids_of(scene.retry_files()), std::set<std::string>{"222"});
  scene.expect_everybody_once();
}

TEST(CustomerDefects, D9AnswersAboutHouseholdsAreReadUnderEitherName) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--household-key", "households"},
        {"--household-key", "data"},
        {"--household-key", "households", "--household-ids"}}) {
    CustomerScene scene(1, flags);
    scene.items = some_households(30);
    scene.folder.write("households.json", file_of(scene.items, "households"));
    add_fault(scene.api,
              fmt::format(R"({{"kind":"result","result":"ERROR","id":"{}"}})", scene.items[7].id));
    const CustomerRun run = scene.import({"households.json"});
    EXPECT_THAT(run.counts(), ElementsAre(29, 1, 0, 0)) << flags[1] << run.err();
    const RetryFiles retry = scene.retry_files();
    EXPECT_EQ(ids_of(retry), std::set<std::string>{scene.items[7].id});
    scene.expect_everybody_once();
    scene.api.remove("/_sandbox/faults");
    EXPECT_EQ(scene.retry(retry).code(), 0);  // the type is the summary's
    expect_everybody_once(scene.api, scene.items);
  }
}

TEST(CustomerDefects, D10NoResultIsNoSuccess) {
  for (const char* fault :
       {R"({"kind":"empty_body"})", R"({"kind":"html_page"})",
        R"({"kind":"other_answer","status":204})",
        R"({"kind":"other_answer","status":200,"body":"{}"})",
        R"({"kind":"other_answer","status":200,"body":"{\"data\":null}"})",
        R"({"kind":"result","result":"","commit":1})", R"({"kind":"drop_result"})"}) {
    SCOPED_TRACE(fault);
    CustomerScene scene(5);
    add_fault(scene.api, fault);
    const CustomerRun run = scene.import({"--max-retries", "3"});
    EXPECT_EQ(run.code(), 1);
    EXPECT_THAT(run.counts(), ElementsAre(0, 0, 5, 0));
    expect_received_once(scene);  // never sent again in the same run
    scene.expect_everybody_once();
    scene.api.remove("/_sandbox/faults");
    const CustomerRun again = scene.retry(scene.retry_files());
    EXPECT_EQ(again.code(), 0) << again.out();  // the CONFLICTs are our own echoes
    EXPECT_EQ(again.number("counts.echoes"), again.number("counts.arrived"));
  }
}

TEST(CustomerDefects, D11OddFieldsOfAResultCostNobodyElse) {
  CustomerScene scene(5);
  std::string list;
  for (std::size_t i = 0; i < 5; ++i) {
    list += fmt::format(
        R"({}{{"changeType":null,"result":"{}","customerId":"{}","error":{},"username":{}}})",
        i == 0 ? "" : ",", i == 2 ? "ERROR" : "SUCCESS", scene.items[i].id,
        i % 2 == 0 ? "null" : "{\"a\":[1]}", i == 3 ? "7" : "null");
  }
  boost::json::object fault = {
      {"kind", "other_answer"}, {"status", 200}, {"body", R"({"data":[)" + list + "]}"}};
  add_fault(scene.api, boost::json::serialize(fault));
  EXPECT_THAT(scene.import().counts(), ElementsAre(4, 1, 0, 0));
  EXPECT_EQ(ids_of(scene.retry_files()), std::set<std::string>{scene.items[2].id});
}

TEST(CustomerDefects, D13AnAnswerOfOddFormIsNeverAReasonToPostAgain) {
  for (const char* body : {R"([])", R"({"data":[null,7,[],{}]})", R"({"data":{"a":1}})", "nan",
                           R"({"data":[{"result":{"x":1}}]})"}) {
    OneAnswer scene(body);
    EXPECT_EQ(scene.import({"--max-retries", "5"}).code(), 1) << body;
    expect_received_once(scene);
    scene.expect_everybody_once();
  }
}

TEST(CustomerDefects, D16WhatWasStoppedGoesOnByItsJob) {
  CustomerScene scene(200, {"--latency", "20"});
  Process process(import_customers(scene.api, scene.folder.path(),
                                   CustomerScene::typed({"--job-id", "spring"})));
  scene.api.wait_for("customers", 20);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  Launch launch = import_customers(scene.api, scene.folder.path(), {});
  launch.arguments = {"import-customers", "--resume", "spring"};
  const CustomerRun again(launch);
  EXPECT_EQ(again.code(), 0) << again.out() << again.err();
  EXPECT_THAT(again.counts(), ElementsAre(200, 0, 0, 0));
  expect_everybody_once(scene.api, scene.items);
  expect_received_once(scene);
}

TEST(CustomerDefects, D17TheEchoOfAnAttemptWhoseAnswerWasLostIsNoFailure) {
  for (const char* fault : {R"({"kind":"commit_then_cut","count":1})",
                            R"({"kind":"gateway_timeout","commit":1,"count":1})",
                            R"({"kind":"commit_then_error","status":502,"count":1})",
                            R"({"kind":"cut_body","count":1})"}) {
    SCOPED_TRACE(fault);
    CustomerScene scene(20);
    add_fault(scene.api, fault);
    const CustomerRun run = scene.import({"--max-retries", "3"});
    EXPECT_EQ(run.code(), 0) << run.out();
    EXPECT_GE(run.number("counts.echoes"), 10);
    expect_everybody_once(scene.api, scene.items);
  }
}

// FAILED is an answer: that it was not done. Who is there all the same is in the retry files too,
// and nobody is called arrived who is not.
TEST(CustomerDefects, D17AConflictAfterFailedIsNoEcho) {
  CustomerScene scene(20);
  add_fault(scene.api, R"({"kind":"result","commit":1,"once":true})");
  const CustomerRun run = scene.import({"--max-retries", "3"});
  EXPECT_EQ(run.code(), 1) << run.out();
  EXPECT_EQ(run.number("counts.echoes"), 0);
  EXPECT_THAT(scene.retry_files().items, SizeIs(20));
}

TEST(CustomerDefects, D17AConflictWithoutAnAttemptOfOursIsAFailure) {
  CustomerScene scene(20);
  EXPECT_EQ(scene.import().code(), 0);
  const CustomerRun again = scene.import({"--max-retries", "3"});
  EXPECT_EQ(again.code(), 1);
  EXPECT_THAT(again.counts(), ElementsAre(0, 20, 0, 0));
}

TEST(CustomerDefects, D19AnErrorsListBesideTheResultsCountsNobodyTwice) {
  CustomerScene scene(5);
  std::string list;
  for (std::size_t i = 0; i < 5; ++i) {
    list += fmt::format(R"({}{{"changeType":"CREATE","result":"{}","customerId":"{}"}})",
                        i == 0 ? "" : ",", i == 1 ? "ERROR" : "SUCCESS", scene.items[i].id);
  }
  boost::json::object fault = {
      {"kind", "other_answer"},
      {"status", 200},
      {"body", fmt::format(R"({{"data":[{}],"errors":[{{"customerId":"{}"}}]}})", list,
                           scene.items[1].id)}};
  add_fault(scene.api, boost::json::serialize(fault));
  EXPECT_THAT(scene.import().counts(), ElementsAre(4, 1, 0, 0));
  EXPECT_THAT(scene.retry_files().items, SizeIs(1));
}

TEST(CustomerDefects, D20SingleFailuresAndTheirSummaryAreOfAllBatches) {
  CustomerScene scene(60);
  add_fault(scene.api, R"({"kind":"result","result":"ERROR","every":5})");
  const CustomerRun run = scene.import();
  EXPECT_THAT(run.counts(), ElementsAre(48, 12, 0, 0));
  const std::string folder =
      run.text("failedFile").substr(0, run.text("failedFile").rfind('/')) + "/single_failures/";
  const std::string text =
      read_file(folder + "ERROR/_SUMMARY_ERROR.json", 1 << 20).value_or("null");
  EXPECT_EQ(boost::json::parse(text).at("total_customers"), 12) << text;
  scene.api.remove("/_sandbox/faults");
  std::vector<std::string> words;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder + "ERROR", error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with("customer_")) words.push_back(entry->path().string());
  }
  ASSERT_THAT(words, SizeIs(12));
  EXPECT_EQ(scene.import(words).code(), 0);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerDefects, D12WhatAnEarlierRunLeftStays) {
  CustomerScene scene(20);
  add_fault(scene.api, fmt::format(R"({{"kind":"result","result":"ERROR","id":"{}","count":1}})",
                                   scene.items[3].id));
  EXPECT_EQ(scene.import().code(), 1);
  const RetryFiles before = scene.retry_files();
  scene.folder.write("more.json", file_of(some_customers(10, 9'000)));
  EXPECT_EQ(scene.import({"more.json"}).code(), 0);
  EXPECT_EQ(scene.retry_files().items.size(), before.items.size());
  EXPECT_EQ(scene.retry(before).code(), 0);
}

TEST(CustomerDefects, D21RunsWithinASecondLeaveFoldersOfTheirOwn) {
  CustomerScene scene(10);
  add_fault(scene.api, R"({"kind":"error_json","status":400})");
  for (std::size_t runs = 1; runs <= 4; ++runs) {
    EXPECT_EQ(scene.import().code(), 1);
    const auto folders = retry_folders(scene.folder.path());
    ASSERT_THAT(folders, SizeIs(runs));
    for (const std::string& path : folders) EXPECT_THAT(read_retry_files(path).items, SizeIs(10));
  }
}

TEST(CustomerDefects, D22NumbersThatCannotBeMeantAreRefused) {
  const CustomerScene scene(10);
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"--batch-size", "0"},
                                                        {"--batch-size", "101"},
                                                        {"--batch-size", "ten"},
                                                        {"--workers", "0"},
                                                        {"--delay", "-1"},
                                                        {"--delay", "soon"},
                                                        {"--max-retries", "11"}}) {
    const CustomerRun run = scene.import({name, value});
    EXPECT_EQ(run.code(), 2) << name << " " << value;
    EXPECT_THAT(run.err(), HasSubstr(name + " must be"));
  }
  EXPECT_EQ(scene.api.count("requests.total"), 0);
}

TEST(CustomerDefects, D24AFileByTwoPathsIsTakenOnceAndACustomerInTwoFilesIsTold) {
  CustomerScene scene(20);
  std::error_code error;
  std::filesystem::create_symlink("customers.json", scene.folder.at("link.json"), error);
  ASSERT_FALSE(error);
  const CustomerRun run = scene.import({"customers.json", "./customers.json", "link.json"});
  EXPECT_EQ(run.code(), 0) << run.err();
  EXPECT_THAT(run.counts(), ElementsAre(20, 0, 0, 0));

  CustomerScene twice(20);
  twice.folder.write("more.json", file_of(part_of(twice.items, 15, 20)));
  const CustomerRun told = twice.import({"customers.json", "more.json"});
  EXPECT_EQ(told.code(), 1);
  EXPECT_EQ(told.number("counts.invalid"), 5) << told.out();
  EXPECT_EQ(twice.api.count("customers"), 20);
  expect_received_once(twice);
}

TEST(CustomerDefects, D25RetryFilesLeadBackToFileAndItems) {
  CustomerScene scene(40);
  add_fault(scene.api, R"({"kind":"error_json","status":400,"after":2,"count":1})");
  EXPECT_EQ(scene.import().code(), 1);
  const RetryFiles retry = scene.retry_files();
  const auto detail = boost::json::parse(retry.summary).at("error_details").at(0).as_object();
  EXPECT_EQ(detail.at("batch_id"), 3);
  EXPECT_THAT(std::string(detail.at("source_file").as_string()), HasSubstr("customers.json"));
  EXPECT_EQ(detail.at("first_item"), 21);
  EXPECT_EQ(detail.at("last_item"), 30);
  EXPECT_EQ(detail.at("status_code"), 400);
}

TEST(CustomerDefects, D26FailedCustomersHoldsThoseOfWholeBatchesToo) {
  CustomerScene scene(20);
  add_fault(scene.api, R"({"kind":"error_json","status":400,"after":1})");
  const CustomerRun run = scene.import();
  const std::string failed = read_file(run.text("failedFile"), 1 << 20).value_or("");
  for (const CustomerItem& item : part_of(scene.items, 10, 20)) {
    EXPECT_THAT(failed, HasSubstr(item.id));
  }
}

TEST(CustomerDefects, D27NamesFromTheServerLeadNowhere) {
  for (const char* code : {"../../../escaped", "/tmp/escaped", "..", "a/b\\\\c", "", "CON",
                           "\\u0000", "\\n# heading"}) {
    SCOPED_TRACE(code);
    CustomerScene scene(2);
    const std::string body =
        fmt::format(R"({{"data":[{{"result":"{}x{}","customerId":"{}","username":"../../u"}}]}})",
                    code, code, scene.items[0].id);
    boost::json::object fault = {{"kind", "other_answer"}, {"status", 200}, {"body", body}};
    add_fault(scene.api, boost::json::serialize(fault));
    EXPECT_EQ(scene.import().code(), 1);
    EXPECT_THAT(scene.retry_files().items, SizeIs(2));
    std::set<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(scene.folder.path(), error), end;
         !error && entry != end; entry.increment(error)) {
      names.insert(entry->path().filename().string().substr(0, 13));
    }
    EXPECT_EQ(names, (std::set<std::string>{".workos-check", "customers.jso", "failed_custom",
                                            "retry_batches"}));
    EXPECT_FALSE(exists("/tmp/escaped"));
  }
}

}  // namespace
}  // namespace usher::scenarios
