// SPDX-License-Identifier: Apache-2.0
// For tests: a customer job with a file of items, and whatever state it is to be in.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "run/customers/opening.h"

namespace usher::customers {

inline std::string customer(std::uint64_t number) {
  return fmt::format(
      R"({{"changeType": "CREATE","type":"PERSON","person":{{"customerId":"{:011}","firstName":"F{}",)"
      R"("lastName":"\u00C5 {}","password":"secret-{}"}}}})",
      number, number, number, number);
}

inline std::string file_of(std::uint64_t first, std::uint64_t count,
                           std::string_view key = "data") {
  std::string text = fmt::format("{{\"{}\": [", key);
  for (std::uint64_t i = first; i < first + count; ++i) {
    if (i > first) text += " ,\n ";
    text += customer(i);
  }
  return text + "]}";
}

inline std::shared_ptr<const Cause> why(Cause::Kind kind, int status,
                                        const std::string& result = "",
                                        const std::string& message = "") {
  Cause cause;
  cause.kind = kind;
  cause.http_status = status;
  cause.result = result;
  cause.message = message;
  return std::make_shared<const Cause>(std::move(cause));
}

inline ItemState ended(Outcome outcome, std::shared_ptr<const Cause> cause = nullptr,
                       bool maybe = false) {
  ItemState state;
  state.outcome = outcome;
  state.maybe = maybe;
  state.cause = std::move(cause);
  return state;
}

inline std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    names.insert(at->path().filename().string());
  }
  return names;
}

inline Inputs survey(std::vector<std::string> paths, std::uint32_t batch_size) {
  Inputs::Wish wish;
  wish.paths = std::move(paths);
  wish.batch_size = batch_size;
  Inputs inputs = std::move(Inputs::open(wish).value());
  EXPECT_TRUE(inputs.survey({}));
  return inputs;
}

class TestJob {
 public:
  TestJob(const ScratchFolder& scratch, std::vector<std::string> paths, std::uint32_t batch_size,
          const std::string& id = "spring")
      : inputs(survey(paths, batch_size)) {
    request.root = scratch.at("jobs");
    request.id = id;
    request.plan.paths = std::move(paths);
    request.plan.out = scratch.path();
    request.plan.pace.batch_size = batch_size;
    request.plan.endpoint.api_url = "https://api.example.test/customers";
    request.plan.endpoint.type = inputs.type();
    job = std::make_unique<Opened>(std::move(make_job(request).value()));
    const Status taken = take_inputs(*job, inputs);
    EXPECT_TRUE(taken) << taken.error().line();
    EXPECT_TRUE(job->store->begin_run(read_clocks().wall, 3));
  }

  void set(std::uint64_t batch, std::uint32_t item, const ItemState& state) {
    const std::vector<BatchStore::Write> writes = {{batch, inputs.batch(batch).size, item, state}};
    const Status applied = job->store->apply(writes);
    EXPECT_TRUE(applied) << applied.error().line();
  }
  void set_all(std::uint64_t batch, const ItemState& state) {
    std::vector<BatchStore::Write> writes;
    const std::uint32_t size = inputs.batch(batch).size;
    writes.reserve(size);
    for (std::uint32_t i = 0; i < size; ++i) writes.push_back({batch, size, i, state});
    EXPECT_TRUE(job->store->apply(writes));
  }
  // As after a kill: nothing of this process is left but the disk.
  void open_again() {
    job.reset();
    auto again = resume_job(request);
    ASSERT_TRUE(again) << again.error().line();
    job = std::make_unique<Opened>(std::move(*again));
  }

  Inputs inputs;
  Request request;
  std::unique_ptr<Opened> job;
};

}  // namespace usher::customers
