// SPDX-License-Identifier: Apache-2.0
// Whatever fails leaves retry files: each row of what the existing tool leaves behind (table 3.4 of
// the reference), by the name of its situation.
#include <csignal>
#include <string>
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
using ::testing::Not;

boost::json::object summary_of(const RetryFiles& retry) {
  return boost::json::parse(retry.summary).as_object();
}

TEST(CustomerFailures, ItemsRejectedInsideAGoodAnswerAreInTheRetryFilesAndTheOthersAreNot) {
  for (const char* status : {"200", "201"}) {
    SCOPED_TRACE(status);
    CustomerScene scene(100, {"--success-status", status});
    for (const std::size_t which : {3U, 14U, 15U, 90U}) {
      add_fault(scene.api, fmt::format(R"({{"kind":"result","result":"ERROR","id":"{}"}})",
                                       scene.items[which].id));
    }
    const CustomerRun run = scene.import({"--max-retries", "3"});
    EXPECT_EQ(run.code(), 1) << run.err();
    EXPECT_THAT(run.counts(), ElementsAre(96, 4, 0, 0));
    const RetryFiles retry = scene.retry_files();
    EXPECT_EQ(retry.items.size(), 4U);
    EXPECT_EQ(retry.files.size(), 3U);  // batches 1, 2 and 10
    scene.expect_everybody_once();
    for (const auto& [id, held] : held_customers(scene.api)) EXPECT_EQ(held.received, 1) << id;
    const std::string failed = read_file(run.text("failedFile"), 1 << 20).value_or("");
    for (const auto& [id, kept] : retry.items) EXPECT_THAT(failed, HasSubstr(id));
    EXPECT_THAT(failed, HasSubstr("ERROR"));
  }
}

TEST(CustomerFailures, ABadStatusToTheLastAttemptKeepsTheBatchAndItsStatus) {
  CustomerScene scene(30);
  add_fault(scene.api, R"({"kind":"error_html","status":503,"after":1})");
  const CustomerRun run = scene.import({"--max-retries", "2"});
  EXPECT_EQ(run.code(), 1) << run.err();
  EXPECT_THAT(run.counts(), ElementsAre(10, 20, 0, 0));
  EXPECT_EQ(scene.api.count("requests.by_status.503"), 4);
  scene.api.remove("/_sandbox/faults");
  const RetryFiles retry = scene.retry_files();
  EXPECT_EQ(summary_of(retry).at("error_details").at(0).at("status_code"), 503);
  scene.expect_everybody_once();
  EXPECT_EQ(scene.retry(retry).code(), 0);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerFailures, AConnectionThatIsResetKeepsTheBatch) {
  CustomerScene scene(30);
  add_fault(scene.api, R"({"kind":"reset_before","after":1,"count":1})");
  EXPECT_EQ(scene.import().code(), 1);
  const RetryFiles retry = scene.retry_files();
  EXPECT_EQ(retry.items.size(), 10U);
  EXPECT_TRUE(summary_of(retry).at("error_details").at(0).at("status_code").is_null());
  scene.expect_everybody_once();
  EXPECT_EQ(scene.retry(retry).code(), 0);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerFailures, AServerThatIsNotThereKeepsEverything) {
  std::string port;
  const CustomerScene scene(30);
  {
    const LocalApi gone = customer_api();
    port = gone.url();
  }
  const CustomerRun run = scene.import({"--api-url", port + "/v1/customers"});
  EXPECT_NE(run.code(), 0);
  EXPECT_EQ(scene.retry_files().items.size(), 30U);
  EXPECT_EQ(run.counts()[0], 0);
  scene.expect_everybody_once();
}

TEST(CustomerFailures, AnErrorBodyOfUnusualFormKeepsTheBatchAndItsStatus) {
  for (const char* body : {R"([1])", R"({\"error\":{\"code\":5}})", R"({\"error\":null})", "null",
                           R"({\"result\":\"../../x\"})"}) {
    SCOPED_TRACE(body);
    CustomerScene scene(20);
    add_fault(scene.api,
              fmt::format(R"({{"kind":"error_json","status":500,"count":1,"body":"{}"}})", body));
    EXPECT_EQ(scene.import().code(), 1);
    const RetryFiles retry = scene.retry_files();
    EXPECT_EQ(retry.items.size(), 10U);
    EXPECT_EQ(summary_of(retry).at("error_details").at(0).at("status_code"), 500);
    scene.expect_everybody_once();
  }
}

TEST(CustomerFailures, ARejectedLoginStopsAtOnceAfterOneRequestWithEverythingKept) {
  CustomerScene scene(50, {"--login", "operator:another"});
  const CustomerRun run = scene.log_in_and_import({"--workers", "4", "--max-retries", "3"});
  EXPECT_EQ(run.code(), 2) << run.out() << run.err();
  EXPECT_EQ(scene.api.count("logins.refused"), 1);
  EXPECT_EQ(scene.api.count("requests.total"), 1);
  EXPECT_EQ(scene.retry_files().items.size(), 50U);
  EXPECT_THAT(run.counts(), ElementsAre(0, 0, 0, 50));
  EXPECT_THAT(run.out() + run.err(), Not(HasSubstr("made up")));
  scene.expect_everybody_once();
}

// Some 40 s: so long a login is tried.
TEST(CustomerFailures, ATokenServiceThatIsDownKeepsEverythingAndNeverHangs) {
  CustomerScene scene(20);
  add_fault(scene.api, R"({"kind":"error_html","status":503,"path":"/auth/*"})");
  const CustomerRun run = scene.log_in_and_import();
  EXPECT_NE(run.code(), 0);
  const RetryFiles retry = scene.retry_files();
  EXPECT_EQ(retry.items.size(), 20U);
  EXPECT_EQ(scene.api.count("items.received"), 0);
  scene.expect_everybody_once();
  scene.api.remove("/_sandbox/faults");
  const CustomerRun again(log_in_and_import(scene.api, scene.folder.path(), {retry.name}));
  EXPECT_EQ(again.code(), 0) << again.out() << again.err();
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerFailures, AStopWhileTheTokenServiceIsDownKeepsEverything) {
  for (const char* fault :
       {R"({"kind":"error_html","status":502,"path":"/auth/*"})",
        R"({"kind":"reset_before","path":"/auth/*"})", R"({"kind":"empty_body","path":"/auth/*"})",
        R"({"kind":"commit_then_hang","path":"/auth/*"})"}) {
    SCOPED_TRACE(fault);
    CustomerScene scene(20);
    add_fault(scene.api, fault);
    Process process(log_in_and_import(scene.api, scene.folder.path(), CustomerScene::typed({})));
    scene.api.wait_for("requests.total", 1);
    process.signal(SIGINT);
    process.signal(SIGINT);  // the first would wait for an answer that never comes
    EXPECT_NE(process.wait(), 0);
    const Ran nothing =
        run(log_in_and_import(scene.api, scene.folder.path(), {"nothing-like-it.json"}));
    EXPECT_EQ(nothing.code, 2);  // what was left at once has its retry files now
    EXPECT_EQ(scene.retry_files().items.size(), 20U);
    scene.expect_everybody_once();
  }
}

TEST(CustomerFailures, AFileThatChangesBeforeItsTurnIsSaidAndNothingElseIsLost) {
  CustomerScene scene(300, {"--latency", "30"});
  Launch launch = import_customers(scene.api, scene.folder.path(),
                                   CustomerScene::typed({"customers.json", "--json"}));
  Process process(launch);
  scene.api.wait_for("customers", 20);
  std::string text = file_of(scene.items);
  text[text.rfind("CREATE")] = 'X';
  scene.folder.write("customers.json", text);
  const int code = process.wait();
  EXPECT_NE(code, 0) << process.out();
  EXPECT_THAT(process.out() + process.err(), HasSubstr("customers.json"));
  EXPECT_THAT(process.out() + process.err(), HasSubstr("changed"));
  // Nobody was sent with other bytes than those that were checked.
  std::size_t there = 0;
  const auto held = held_customers(scene.api);
  for (const CustomerItem& item : scene.items) {
    const auto found = held.find(item.id);
    if (found == held.end() || !found->second.there) continue;
    ++there;
    EXPECT_EQ(found->second.text, item.text);
  }
  EXPECT_EQ(there, static_cast<std::size_t>(scene.api.count("customers")));
}

TEST(CustomerFailures, AStopByTheUserKeepsWhatWasNotSent) {
  CustomerScene scene(300, {"--latency", "30"});
  Process process(import_customers(scene.api, scene.folder.path(), CustomerScene::typed({})));
  scene.api.wait_for("customers", 20);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130) << process.out() << process.err();
  const RetryFiles retry = scene.retry_files();
  EXPECT_EQ(retry.items.size() + static_cast<std::size_t>(scene.api.count("customers")), 300U);
  scene.expect_everybody_once();
  const CustomerRun again = scene.retry(retry);
  EXPECT_EQ(again.code(), 0) << again.out() << again.err();
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerFailures, NoAttemptsAtAllAreRefusedBeforeAnythingIsSent) {
  const CustomerScene scene(10);
  const CustomerRun run = scene.import({"--max-retries", "0"});
  EXPECT_EQ(run.code(), 2);
  EXPECT_THAT(run.out() + run.err(), HasSubstr("--max-retries"));
  EXPECT_EQ(scene.api.count("requests.total"), 0);
}

}  // namespace
}  // namespace usher::scenarios
