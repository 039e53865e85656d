// SPDX-License-Identifier: Apache-2.0
// Whole runs against a small API.
#include "run/customers/job.h"

#include <array>
#include <csignal>

#include <gmock/gmock.h>
#include <unistd.h>

#include "run/customers/fake_api_test.h"
#include "run/customers/jobs_test.h"
#include "store/child_test.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using End = Report::End;

class Watcher : public Observer {
 public:
  void started(const JobStart& begun) override { start = begun; }
  void warned(const std::string& warning) override { warnings.push_back(warning); }
  void batch_ended(const Batch& batch, const BatchTurn::End& end) override {
    ++batches;
    items += end.counts.total();
    EXPECT_LE(end.counts.total(), batch.size);
    if (on_end) on_end(batch);
  }
  void progressed(const Progress& seen) override {
    EXPECT_EQ(seen.counts.total(), start.items);
    progress = seen;
  }
  JobStart start;
  Progress progress;
  std::vector<std::string> warnings;
  std::uint64_t batches = 0;
  std::uint64_t items = 0;
  std::function<void(const Batch& batch)> on_end;
};

std::string id_of(std::uint64_t number) {
  return fmt::format("{:011}", number);
}

class CustomerRuns : public testing::Test {
 protected:
  CustomerRuns() {
    request_.root = scratch_.at("jobs");
    request_.plan.out = scratch_.path();
    request_.plan.pace = {50, 3, Duration{0}, 1};
    request_.plan.endpoint.api_url = api_.url();
    request_.credentials.token = Secret(std::string("token"));
  }
  void input(const std::string& name, std::uint64_t first, std::uint64_t count) {
    request_.plan.paths.push_back(scratch_.write(name, file_of(first, count)));
  }

  // As the app does it. `bad`: items that the check has turned down.
  Result<Report> run(const Request& request, const std::vector<std::uint64_t>& bad = {}) {
    USHER_TRY_ASSIGN(Job job, Job::open(request));
    id_ = job.id();
    Inputs inputs = survey(job.plan().paths, job.plan().pace.batch_size);
    for (const std::uint64_t item : bad) EXPECT_TRUE(inputs.mark_bad(item));
    return job.run(
        inputs, [](const Item& item) { return fmt::format("item {} is bad", item.number); },
        watcher_, stop_fd_);
  }
  Report start(const std::vector<std::uint64_t>& bad = {}) {
    auto report = run(request_, bad);
    EXPECT_TRUE(report) << report.error().line();
    return report.value_or(Report{});
  }
  Report resume(const std::vector<std::uint64_t>& bad = {}) {
    Request request = request_;
    request.resume = true;
    auto report = run(request, bad);
    EXPECT_TRUE(report) << report.error().line();
    return report.value_or(Report{});
  }
  Report import(const std::string& folder) {
    Request request = request_;
    request.id = "";
    request.plan.paths = {folder};
    auto report = run(request);
    EXPECT_TRUE(report) << report.error().line();
    return report.value_or(Report{});
  }
  void expect_all_there_once(std::uint64_t count) {
    const auto there = api_.there();
    EXPECT_EQ(there.size(), count);
    for (const auto& [id, times] : there) EXPECT_EQ(times, 1) << id;
  }
  std::string first_line(const std::string& file) {
    const std::string text = read_file(file, 1 << 20).value_or("?");
    return text.substr(0, text.find('\n'));
  }

  ScratchFolder scratch_;
  FakeApi api_;
  Request request_;
  Watcher watcher_;
  std::string id_;
  int stop_fd_ = -1;
};

TEST_F(CustomerRuns, BringEverybodyInByteForByte) {
  input("a.json", 1, 120);
  input("b.json", 121, 30);
  const Report report = start();
  EXPECT_EQ(report.end, End::finished) << report.reason.line();
  EXPECT_EQ(report.counts.arrived, 150);
  EXPECT_EQ(report.counts.total(), 150);
  EXPECT_EQ(report.retry_folder, "");
  EXPECT_EQ(report.failed_file, "");
  expect_all_there_once(150);
  std::set<std::string> wanted;
  for (const auto& [first, last] :
       std::vector<std::pair<int, int>>{{1, 50}, {51, 100}, {101, 120}, {121, 150}}) {
    std::string body = "{\"data\":[";
    for (int i = first; i <= last; ++i)
      body += (i > first ? "," : "") + customer(static_cast<std::uint64_t>(i));
    wanted.insert(body + "]}");
  }
  const auto bodies = api_.bodies();
  EXPECT_EQ(std::set<std::string>(bodies.begin(), bodies.end()), wanted);
  EXPECT_EQ(watcher_.batches, 4);
  EXPECT_EQ(watcher_.items, 150);
  EXPECT_EQ(watcher_.progress.batches_done, 4);
  EXPECT_EQ(watcher_.progress.counts.arrived, 150);
  EXPECT_THAT(names_in(scratch_.path()), ElementsAre("a.json", "b.json", "jobs"));
}

TEST_F(CustomerRuns, OfTheSeedLeaveTwoRetryFilesThatBringTheRestIn) {
  input("customers.json", 1, 1'000);
  api_.set_rule([](int /*number*/, const std::vector<std::string>& ids) {
    FakeApi::Answer answer;
    const bool fails = ids.front() == id_of(101) || ids.front() == id_of(851);
    if (fails) answer = {500, {}, false, R"({"title":"out of order"})"};
    return answer;
  });
  const Report report = start();
  EXPECT_EQ(report.end, End::finished);
  EXPECT_EQ(report.counts.arrived, 900);
  EXPECT_EQ(report.counts.failed, 100);
  EXPECT_EQ(report.retry_files, 2);
  EXPECT_THAT(names_in(report.retry_folder),
              ElementsAre("RETRY_INSTRUCTIONS.md", "retry_batch_01_failed.json",
                          "retry_batch_02_failed.json", "retry_summary.json"));
  ASSERT_EQ(report.causes.size(), 1U);
  EXPECT_EQ(report.causes[0].items, 100);
  EXPECT_EQ(report.causes[0].cause.http_status, 500);

  api_.set_rule({});
  const Report again = import(report.retry_folder);
  EXPECT_EQ(again.end, End::finished);
  EXPECT_EQ(again.items, 100);
  EXPECT_EQ(again.counts.there(), 100);
  EXPECT_EQ(again.retry_folder, "");
  expect_all_there_once(1'000);
  EXPECT_THAT(first_line(report.retry_folder + "/RETRY_INSTRUCTIONS.md"),
              HasSubstr("everything in this folder has arrived (job " + again.job + ")"));
}

TEST_F(CustomerRuns, LeaveSingleItemsThatFailedAndAResumeBringsThemIn) {
  input("a.json", 1, 200);
  request_.id = "spring";
  api_.set_rule([](int /*number*/, const std::vector<std::string>& /*ids*/) {
    FakeApi::Answer answer;
    answer.result = [](const std::string& id) {
      return id.ends_with("7") ? "ERROR" : id.ends_with("23") ? "WHATEVER" : "SUCCESS";
    };
    return answer;
  });
  const Report report = start();
  EXPECT_EQ(report.counts.failed, 22);
  EXPECT_EQ(report.counts.arrived, 178);
  EXPECT_EQ(survey({report.retry_folder}, 50).items(), 22);
  EXPECT_EQ(report.failed_file, scratch_.at("failed_customers/failed_customers.json"));
  EXPECT_THAT(names_in(scratch_.at("failed_customers/single_failures")),
              ElementsAre("ERROR", "README.md", "WHATEVER"));
  api_.set_rule({});
  const Report again = resume();
  EXPECT_EQ(again.counts.arrived, 200);
  EXPECT_EQ(again.retry_folder, "");
  EXPECT_EQ(watcher_.start.counts.failed, 22);
  expect_all_there_once(200);
  EXPECT_THAT(first_line(report.retry_folder + "/RETRY_INSTRUCTIONS.md"), HasSubstr("USED"));
  EXPECT_EQ(first_line(report.failed_file), "[]");
}

TEST_F(CustomerRuns, NeverSendWhatTheCheckHasTurnedDown) {
  input("a.json", 1, 100);
  request_.id = "spring";
  std::vector<std::uint64_t> bad = {3, 7};
  for (std::uint64_t item = 51; item <= 100; ++item) bad.push_back(item);
  const Report report = start(bad);
  EXPECT_EQ(report.end, End::finished);
  EXPECT_EQ(report.counts.arrived, 48);
  EXPECT_EQ(report.counts.failed, 52);
  EXPECT_EQ(report.counts.invalid, 52);
  EXPECT_FALSE(api_.there().contains(id_of(3)));
  EXPECT_EQ(survey({report.retry_folder}, 50).items(), 52);
  const Report again = resume({3});  // somebody has a better check now
  EXPECT_EQ(again.counts.arrived, 99);
  EXPECT_EQ(again.counts.invalid, 1);
  EXPECT_EQ(again.counts.failed, 1);
  EXPECT_FALSE(api_.there().contains(id_of(3)));
}

TEST_F(CustomerRuns, TakeNothingForArrivedThatTheAnswerDoesNotSay) {
  input("a.json", 1, 100);
  api_.set_rule([](int /*number*/, const std::vector<std::string>& /*ids*/) {
    return FakeApi::Answer{200, {}, true, "<html>Welcome</html>"};
  });
  const Report report = start();
  EXPECT_EQ(report.end, End::finished);
  EXPECT_EQ(report.counts.unconfirmed, 100);
  EXPECT_EQ(survey({report.retry_folder}, 50).items(), 100);
  api_.set_rule({});
  const Report again = import(report.retry_folder);
  EXPECT_EQ(again.counts.echoes, 100) << "they were there";
  EXPECT_EQ(again.counts.missing(), 0);
  expect_all_there_once(100);
}

TEST_F(CustomerRuns, ThatAreDeniedKeepEverybodyInRetryFiles) {
  input("a.json", 1, 500);
  api_.set_rule([](int /*number*/, const std::vector<std::string>& /*ids*/) {
    return FakeApi::Answer{403, {}, false, R"({"title":"Forbidden"})"};
  });
  const Report report = start();
  EXPECT_EQ(report.end, End::denied);
  EXPECT_EQ(report.counts.missing(), 500);
  EXPECT_EQ(report.retry_files, 10);
  EXPECT_EQ(survey({report.retry_folder}, 50).items(), 500);
}

TEST_F(CustomerRuns, StopWhenTheyAreAskedToAndGoOnWhereTheyWere) {
  input("a.json", 1, 1'000);
  request_.id = "spring";
  request_.plan.pace.workers = 1;
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe(stop.data()), 0);
  stop_fd_ = stop[0];
  watcher_.on_end = [&](const Batch& batch) {
    if (batch.number == 4) {
      EXPECT_EQ(::write(stop[1], "x", 1), 1);
    }
  };
  const Report report = start();
  EXPECT_EQ(report.end, End::interrupted);
  EXPECT_GE(report.counts.arrived, 200);
  EXPECT_LT(report.counts.arrived, 1'000);
  EXPECT_EQ(report.counts.arrived + report.counts.pending, 1'000);
  EXPECT_EQ(survey({report.retry_folder}, 50).items(), report.counts.pending);
  watcher_.on_end = {};
  stop_fd_ = -1;
  const Report again = resume();
  EXPECT_EQ(again.counts.arrived, 1'000);
  EXPECT_EQ(api_.bodies().size(), 20U) << "nothing was sent twice";
  expect_all_there_once(1'000);
  ::close(stop[0]);
  ::close(stop[1]);
}

TEST_F(CustomerRuns, LeaveAtOnceWhenTheyAreAskedTwiceAndTheNextStartWritesTheRetryFiles) {
  input("a.json", 1, 1'000);
  request_.id = "spring";
  request_.plan.pace.workers = 1;
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe(stop.data()), 0);
  stop_fd_ = stop[0];
  watcher_.on_end = [&](const Batch& batch) {
    if (batch.number == 4) {
      EXPECT_EQ(::write(stop[1], "xx", 2), 2);
    }
  };
  const Report report = start();
  EXPECT_EQ(report.end, End::interrupted);
  EXPECT_EQ(report.counts.total(), 1'000);
  EXPECT_EQ(report.retry_folder, "");
  const auto finalised = finalise_cut_off(request_.root);
  ASSERT_EQ(finalised.size(), 1U);
  EXPECT_EQ(finalised[0].problem.line(), "");
  EXPECT_EQ(survey({finalised[0].retry_folder}, 50).items(), finalised[0].counts.missing());
  EXPECT_TRUE(finalise_cut_off(request_.root).empty()) << "once";
  ::close(stop[0]);
  ::close(stop[1]);
}

TEST_F(CustomerRuns, OfARetryFolderThatSucceedsInPartLeaveAFolderOfTheirOwn) {
  input("a.json", 1, 100);
  api_.set_rule([](int /*number*/, const std::vector<std::string>& /*ids*/) {
    return FakeApi::Answer{500, {}, false, ""};
  });
  const Report first = start();
  api_.set_rule([](int /*number*/, const std::vector<std::string>& ids) {
    FakeApi::Answer answer;
    if (ids.front() == id_of(51)) answer = {500, {}, false, ""};
    return answer;
  });
  const Report second = import(first.retry_folder);
  EXPECT_EQ(second.counts.there(), 50);
  EXPECT_NE(second.retry_folder, "");
  EXPECT_NE(second.retry_folder, first.retry_folder);
  EXPECT_THAT(first_line(first.retry_folder + "/RETRY_INSTRUCTIONS.md"),
              HasSubstr("what is left is in " + second.retry_folder));
  const auto summary = read_file(first.retry_folder + "/retry_summary.json", 1 << 20);
  ASSERT_TRUE(summary);
  EXPECT_THAT(*summary, HasSubstr("\"superseded_by\": \"" + second.retry_folder + "\""));
  api_.set_rule({});
  EXPECT_EQ(import(second.retry_folder).counts.missing(), 0);
  for (const std::string& folder : {first.retry_folder, second.retry_folder}) {
    EXPECT_THAT(first_line(folder + "/RETRY_INSTRUCTIONS.md"), HasSubstr("USED"));
  }
  expect_all_there_once(100);
}

TEST_F(CustomerRuns, RefuseInputsThatHaveChanged) {
  input("a.json", 1, 100);
  request_.id = "spring";
  start({1});
  scratch_.write("a.json", file_of(1, 99));
  Request request = request_;
  request.resume = true;
  const auto report = run(request);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().line(), HasSubstr("a.json: has changed since the job took it"));
}

TEST_F(CustomerRuns, CanBeLookedAtListedAndRemoved) {
  input("a.json", 1, 100);
  request_.id = "spring";
  start({1});
  const auto folders = job::list(request_.root);
  ASSERT_EQ(folders.size(), 1U);
  EXPECT_TRUE(is_customer_job(folders[0]));
  const auto standing = look(folders[0]);
  ASSERT_TRUE(standing) << standing.error().line();
  EXPECT_EQ(standing->counts.arrived, 99);
  EXPECT_EQ(standing->counts.failed, 1);
  ASSERT_EQ(standing->runs.size(), 1U);
  EXPECT_EQ(standing->runs[0].end, "finished");
  EXPECT_TRUE(folders[0].remove());
  EXPECT_TRUE(job::list(request_.root).empty());
}

TEST_F(CustomerRuns, ThatNeverBeganLeaveNoFolder) {
  input("a.json", 1, 10);
  request_.id = "spring";
  {
    ASSERT_TRUE(Job::open(request_));
  }
  EXPECT_FALSE(scratch_.has("jobs/spring"));
}

// Killed at the n-th request, before its answer: then what the store knows, the retry files and the
// API must agree, and going on must bring everybody in once.
TEST(CustomerKills, LoseNobodyAndMakeNobodyTwice) {
  for (int kill_at = 1; kill_at <= 12; ++kill_at) {
    SCOPED_TRACE(kill_at);
    const ScratchFolder scratch;
    scratch.write("a.json", file_of(1, 300));
    Request request;
    request.root = scratch.at("jobs");
    request.id = "spring";
    request.plan.out = scratch.path();
    request.plan.paths = {scratch.at("a.json")};
    request.plan.pace = {25, 3, Duration{0}, 1};
    request.credentials.token = Secret(std::string("token"));

    std::array<int, 2> url{};
    ASSERT_EQ(::pipe(url.data()), 0);
    const pid_t child = usher::start([&]() -> int {  // before there are threads
      std::array<char, 200> text{};
      const ssize_t size = ::read(url[0], text.data(), text.size());
      request.plan.endpoint.api_url.assign(text.data(), static_cast<std::size_t>(size));
      auto job = Job::open(request);
      if (!job) return 1;
      const Inputs inputs = survey(request.plan.paths, 25);
      Watcher watcher;
      return job->run(inputs, [](const Item&) { return ""; }, watcher) ? 0 : 2;
    });
    FakeApi api([&](int number, const std::vector<std::string>& /*ids*/) {
      if (number == kill_at) ::kill(child, SIGKILL);
      FakeApi::Answer answer;
      if (number % 4 == 2) answer = {503, {}, number % 8 == 2, ""};
      return answer;
    });
    request.plan.endpoint.api_url = api.url();
    ASSERT_GT(::write(url[1], api.url().data(), api.url().size()), 0);
    EXPECT_EQ(end_of(child), -SIGKILL);
    ::close(url[0]);
    ::close(url[1]);

    const auto finalised = finalise_cut_off(request.root);
    ASSERT_EQ(finalised.size(), 1U);
    EXPECT_EQ(finalised[0].problem.line(), "");
    EXPECT_EQ(finalised[0].counts.total(), 300);
    const Inputs rest = survey({finalised[0].retry_folder}, 100);
    EXPECT_EQ(rest.items(), finalised[0].counts.missing());
    // Everybody is there, or in the retry files, or both when nobody can know.
    std::set<std::string> known;
    for (const auto& [id, times] : api.there()) known.insert(id);
    for (std::uint64_t number = 1; number <= rest.batches(); ++number) {
      std::string bytes;
      const auto items = rest.read(rest.batch(number), bytes);
      ASSERT_TRUE(items);
      for (const Item& item : *items) {
        const auto at = item.json.find("customerId\":\"") + 13;
        const std::string id(item.json.substr(at, 11));
        if (api.there().contains(id)) {
          EXPECT_TRUE(item.maybe) << id;
        }
        known.insert(id);
      }
    }
    EXPECT_EQ(known.size(), 300U);

    api.set_rule({});
    request.resume = kill_at % 2 == 0;
    if (!request.resume) {
      request.id = "";
      request.plan.paths = {finalised[0].retry_folder};
    }
    auto job = Job::open(request);
    ASSERT_TRUE(job) << job.error().line();
    const Inputs inputs = survey(job->plan().paths, 25);
    Watcher watcher;
    const auto report = job->run(inputs, [](const Item&) { return ""; }, watcher);
    ASSERT_TRUE(report) << report.error().line();
    EXPECT_EQ(report->end, End::finished) << report->reason.line();
    EXPECT_EQ(report->counts.missing(), 0);
    EXPECT_EQ(api.there().size(), 300U);
    for (const auto& [id, times] : api.there()) EXPECT_EQ(times, 1) << id;
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace usher::customers
