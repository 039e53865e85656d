// SPDX-License-Identifier: Apache-2.0
#include "run/customers/opening.h"

#include <gmock/gmock.h>

#include "base/scratch.h"
#include "store/job_store.h"

namespace usher::customers {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class CustomerJobs : public testing::Test {
 protected:
  CustomerJobs() {
    scratch_.write("a.json", R"({"data":[{"a":1},{"a":2},{"a":3}]})");
    request_.root = scratch_.at("jobs");
    request_.plan.paths = {scratch_.at("a.json")};
    request_.plan.out = scratch_.path();
    request_.plan.endpoint.api_url = "http://127.0.0.1:1/customers";
    request_.plan.pace.batch_size = 2;
  }

  [[nodiscard]] Inputs surveyed() const {
    Inputs::Wish wish;
    wish.paths = request_.plan.paths;
    wish.batch_size = request_.plan.pace.batch_size;
    Inputs inputs = std::move(Inputs::open(wish).value());
    EXPECT_TRUE(inputs.survey({}));
    return inputs;
  }
  [[nodiscard]] std::string make(const std::string& id = "") {
    request_.id = id;
    auto job = make_job(request_);
    if (!job) return job.error().line();
    const Status taken = take_inputs(*job, surveyed());
    return taken ? job->folder.id() : taken.error().line();
  }
  [[nodiscard]] std::string resume(const std::string& id = "") {
    request_.id = id;
    auto job = resume_job(request_);
    if (!job) return job.error().line();
    const Status taken = take_inputs(*job, surveyed());
    return taken ? job->folder.id() : taken.error().line();
  }

  ScratchFolder scratch_;
  Request request_;
};

TEST_F(CustomerJobs, AreNamedByTheTimeAndNeverTwiceAlike) {
  request_.plan.created = read_clocks().wall;
  const std::string first = make();
  EXPECT_THAT(first, MatchesRegex("customers-[0-9]{8}-[0-9]{6}"));
  EXPECT_EQ(make(), first + "-2");
  EXPECT_EQ(make(), first + "-3");
}

TEST_F(CustomerJobs, OfAnIdThatIsTakenAreRefusedWithTheWayOn) {
  EXPECT_EQ(make("spring"), "spring");
  EXPECT_THAT(make("spring"), HasSubstr("go on with it: usher import-customers --resume spring "));
  EXPECT_THAT(make("../x"), HasSubstr("is no job id"));
}

TEST_F(CustomerJobs, LeaveAJobOfUsersAlone) {
  const job::Folder users(request_.root, "users");
  ASSERT_TRUE(users.make());
  ASSERT_TRUE(JobStore::create(users.store()));
  EXPECT_THAT(make("users"), HasSubstr("import-users --resume users"));
  EXPECT_THAT(resume("users"), HasSubstr("not of an import of customers"));
  EXPECT_THAT(resume(), HasSubstr("there is no import of customers to go on with"));
  EXPECT_FALSE(is_customer_job(users));
}

TEST_F(CustomerJobs, ThatNeverBeganLeaveNoStore) {
  request_.id = "spring";
  {
    auto job = make_job(request_);
    ASSERT_TRUE(job);
    EXPECT_FALSE(job->folder.has_store());
    EXPECT_THAT(make("spring"), HasSubstr("there is a job spring already")) << "it is held";
  }
  EXPECT_EQ(make("spring"), "spring");
}

TEST_F(CustomerJobs, GoOnWithTheLatestOrTheOneThatIsNamed) {
  EXPECT_EQ(make("first"), "first");
  EXPECT_EQ(resume(), "first");
  EXPECT_EQ(resume("first"), "first");
  EXPECT_THAT(resume("none"), HasSubstr("there is no job none"));
}

TEST_F(CustomerJobs, RefuseInputsThatAreNotWhatTheyTook) {
  EXPECT_EQ(make("spring"), "spring");
  scratch_.write("a.json", R"({"data":[{"a":1},{"a":2},{"a":4}]})");
  EXPECT_THAT(resume(), HasSubstr("a.json: has changed since the job took it\n  put it back"));
  scratch_.write("a.json", R"({"data":[{"a":1},{"a":2},{"a":3}]})");
  EXPECT_EQ(resume(), "spring");
  scratch_.write("b.json", R"({"data":[{"a":1}]})");
  request_.plan.paths.push_back(scratch_.at("b.json"));
  EXPECT_THAT(resume(), HasSubstr("b.json: was not there when the job took its inputs"));
  request_.plan.paths = {scratch_.at("b.json")};
  EXPECT_THAT(resume(), HasSubstr("a.json: the job took it, and it is not among the inputs"));
}

TEST_F(CustomerJobs, NameTheRetryFilesWhenTheirInputsHaveChanged) {
  Plan plan;
  plan.files = {{"/a.json", Shape::data, 1, 1, 1, "x"}};
  plan.retry_folder = "/out/retry batches";
  plan.profile = "shop";
  plan.endpoint.environment = Environment::production;
  const Status compared = compare_inputs(plan, {{"/a.json", Shape::data, 1, 1, 1, "y"}}, "");
  ASSERT_FALSE(compared);
  EXPECT_THAT(compared.error().next,
              HasSubstr("usher import-customers '/out/retry batches' --profile shop "
                        "--environment production"));
  EXPECT_TRUE(compare_inputs(plan, plan.files, ""));
  EXPECT_FALSE(compare_inputs(plan, plan.files, "another mapping"));
}

TEST_F(CustomerJobs, TakeAnotherPaceOnAndRefuseAnotherMeaning) {
  Plan plan = request_.plan;
  plan.endpoint.api_url = "http://127.0.0.1:1/customers";
  Plan typed = plan;
  typed.pace = {2, 7, std::chrono::seconds{9}, 8};
  typed.endpoint.platform = Platform::c4r;
  EXPECT_TRUE(override_plan(plan, typed, {}));
  EXPECT_EQ(plan.pace.workers, 3);
  EXPECT_TRUE(override_plan(plan, typed, {"--workers", "--delay", "--max-retries"}));
  EXPECT_EQ(plan.pace.workers, 7);
  EXPECT_EQ(plan.pace.delay, std::chrono::seconds{9});
  EXPECT_EQ(plan.pace.attempts, 8);
  EXPECT_FALSE(override_plan(plan, typed, {"--mode"}));
  typed.pace.batch_size = 3;
  EXPECT_FALSE(override_plan(plan, typed, {"--batch-size"}));
  EXPECT_TRUE(override_plan(plan, typed, {"--preset"}));
  EXPECT_EQ(plan.pace.batch_size, 2);
  typed.endpoint.api_url = "http://127.0.0.1:2/customers";
  EXPECT_FALSE(override_plan(plan, typed, {"--api-url"}));
  EXPECT_TRUE(override_plan(plan, typed, {}));
}

}  // namespace
}  // namespace usher::customers
