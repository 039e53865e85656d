// SPDX-License-Identifier: Apache-2.0
#include "run/customers/overtaken.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>

#include "base/file.h"
#include "run/customers/jobs_test.h"
#include "run/customers/retry_folder.h"
#include "run/customers/retry_marks.h"

namespace usher::customers {
namespace {

using testing::HasSubstr;

// A job of thirty that has sent nobody, and its retry folder.
class Overtaken : public testing::Test {
 protected:
  Overtaken() : input_(scratch_.write("a.json", file_of(1, 30))), test_(scratch_, {input_}, 10) {
    RunFacts facts;
    facts.now = read_clocks().wall;
    facts.end = "finished";
    facts.counts = test_.job->store->count_items(30).value();
    RetryFolder folder(*test_.job, test_.inputs);
    EXPECT_TRUE(folder.finish(facts, [](const Rest&) { return Status(); }));
    folder_ = folder.path();
  }

  [[nodiscard]] std::string refusal() const {
    const Status may = refuse_overtaken(test_.job->plan, "spring");
    return may ? "" : may.error().line();
  }

  ScratchFolder scratch_;
  std::string input_;
  TestJob test_;
  std::string folder_;
};

TEST_F(Overtaken, NotWhenNobodyHasTouchedItsRetryFiles) {
  EXPECT_EQ(refusal(), "");
  ASSERT_TRUE(mark_used(folder_, read_clocks().wall, "spring"));  // by itself
  EXPECT_EQ(refusal(), "");
}

TEST_F(Overtaken, ByAnImportOfAllItsRetryFiles) {
  ASSERT_TRUE(mark_used(folder_, read_clocks().wall, "late-spring"));
  EXPECT_THAT(refusal(), HasSubstr("by the job late-spring"));
}

TEST_F(Overtaken, ByAnImportThatHasLeftAFolderOfItsOwn) {
  ASSERT_TRUE(mark_superseded(folder_, read_clocks().wall, "summer", "/out/retry_batches_2"));
  EXPECT_THAT(refusal(), HasSubstr("usher import-customers /out/retry_batches_2"));
}

TEST_F(Overtaken, ByACorrectionThatWouldNotBeSent) {
  const std::string file = folder_ + "/retry_batch_02_failed.json";
  const auto later = std::filesystem::file_time_type::clock::now() + std::chrono::seconds{2};
  std::filesystem::last_write_time(file, later);
  EXPECT_EQ(refusal(), "") << "touched, and the same";
  ASSERT_TRUE(write_atomically(file, file_of(11, 9)));
  std::filesystem::last_write_time(file, later);
  EXPECT_THAT(refusal(), HasSubstr("retry_batch_02_failed.json was corrected"));
  EXPECT_THAT(refusal(), HasSubstr("usher import-customers " + folder_));
}

TEST_F(Overtaken, NotByAFolderThatIsGoneOrSomebodyElses) {
  ASSERT_TRUE(mark_used(folder_, read_clocks().wall, "late-spring"));
  const Status other = refuse_overtaken(test_.job->plan, "autumn");
  EXPECT_TRUE(other);
  std::filesystem::rename(folder_, scratch_.at("elsewhere"));
  EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace usher::customers
