// SPDX-License-Identifier: Apache-2.0
// What is settled before anything is sent: presets, spent retry folders, where retry files go, and
// which job goes on. Whole imports are in tests/scenarios.
#include "app/customers/import.h"

#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"

namespace usher::customers {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr const char* kItems =
    R"({"data":[{"changeType":"CREATE","type":"PERSON","person":{"customerId":"1",)"
    R"("firstName":"A","lastName":"B"}}]})";

class Silent : public Face {
 public:
  void started(const JobStart& /*start*/) override { ++starts; }
  void warned(const std::string& /*warning*/) override {}
  void batch_ended(const Batch& /*batch*/, const BatchTurn::End& /*end*/) override {}
  void progressed(const Progress& /*progress*/) override {}
  void finalised(const Finalised& /*job*/) override {}
  void checked(const Checked& checked) override { items = checked.items; }
  int starts = 0;
  std::uint64_t items = 0;
};

class CustomerImport : public ::testing::Test {
 protected:
  CustomerImport() {
    request_.root = folder_.at("jobs");
    request_.plan.out = folder_.at("out");
    // Nobody listens there, and nothing gets that far.
    request_.plan.endpoint.api_url = "http://127.0.0.1:9/customers";
    request_.credentials.token = Secret(std::string("token"));
  }

  std::string refusal(const std::string& path) {
    const auto report = import_new(request_, {.paths = {path}}, face_);
    EXPECT_FALSE(report);
    EXPECT_EQ(face_.starts, 0);
    EXPECT_FALSE(folder_.has("jobs"));
    return report ? "" : report.error().line();
  }

  std::string retry_folder(const std::string& fields) {
    std::error_code error;
    std::filesystem::create_directory(folder_.at("retry"), error);
    folder_.write("retry/retry_batch_01_failed.json", kItems);
    folder_.write("retry/retry_summary.json",
                  fmt::format(R"({{"import_type":"customers","job":"july"{}}})", fields));
    return folder_.at("retry");
  }

  ScratchFolder folder_;
  Request request_;
  Silent face_;
};

TEST(Presets, AreKnownByTheirNamesAndTheirFigures) {
  for (const char* name : {"Conservative", "Balanced", "Aggressive"}) {
    const auto pace = parse_preset(name);
    ASSERT_TRUE(pace);
    EXPECT_EQ(preset_of(*pace), name);
  }
  EXPECT_EQ(preset_of(Pace{}), "Balanced");
  EXPECT_EQ(preset_of({70, 3, milliseconds{501}, 3}), "");
  EXPECT_FALSE(parse_preset("fast"));
}

TEST_F(CustomerImport, ASpentFolderIsRefusedAndSaysWhatToDo) {
  EXPECT_THAT(refusal(retry_folder(R"(,"used":"2026-01-02 by the job b")")),
              HasSubstr("everything in it has arrived, 2026-01-02 by the job b"));
  EXPECT_THAT(refusal(retry_folder(R"(,"superseded_by":"/out/retry_batches_2")")),
              HasSubstr("what was left then is in /out/retry_batches_2"));
  EXPECT_THAT(refusal(retry_folder(R"(,"complete":false)")),
              HasSubstr("usher import-customers --resume july goes on with it"));
}

TEST_F(CustomerImport, AFolderThatCannotHoldRetryFilesIsFoundBeforeAnythingIsSent) {
  folder_.write("out", "a file is in the way");
  EXPECT_THAT(refusal(folder_.write("a.json", kItems)), HasSubstr("another folder with --out"));
  EXPECT_EQ(face_.items, 1U) << "it was checked";
}

TEST_F(CustomerImport, InputsThatCannotBeUsedLeaveNoJob) {
  EXPECT_THAT(refusal(folder_.at("none.json")), HasSubstr("none.json"));
  EXPECT_THAT(refusal(folder_.write("cut.json", R"({"data":[{)")), HasSubstr("cut.json:1"));
}

TEST_F(CustomerImport, ACheckTellsWhatWasFound) {
  const auto checked = check({.paths = {folder_.write("a.json", kItems)}});
  ASSERT_TRUE(checked) << checked.error().line();
  EXPECT_EQ(checked->items, 1U);
  EXPECT_EQ(checked->report.errors, 0U);
  EXPECT_THAT(to_json(*checked), HasSubstr(R"("success":true,"type":"customers")"));
}

TEST_F(CustomerImport, WithoutAJobThereIsNoneToGoOnWith) {
  const auto none = find_resumable(request_.root, "");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().line(), HasSubstr("usher import-customers FILES"));
  EXPECT_FALSE(find_resumable(request_.root, "july"));
  EXPECT_FALSE(find_resumable(request_.root, "../july"));
}

}  // namespace
}  // namespace usher::customers
