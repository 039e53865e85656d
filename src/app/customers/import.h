// SPDX-License-Identifier: Apache-2.0
// A customer import from the inputs to the report, for every face alike: finishes what a crash has
// cut off, checks the inputs, opens the job and works on it. Tested by import_test.cc and
// tests/scenarios.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/customers/target_choice.h"
#include "base/result.h"
#include "check/customers/item_check.h"
#include "run/customers/job.h"

namespace usher::customers {

// What was looked at before anything was sent.
struct Checked {
  ImportType type = ImportType::customers;
  std::vector<InputFile> files;
  std::uint64_t items = 0;
  std::uint64_t batches = 0;
  check::ItemReport report;
  std::vector<std::string> notes;  // "summary.json holds no items: left out"
};

// Errors complete "--preset ".
[[nodiscard]] Result<Pace> parse_preset(std::string_view text);
// "Balanced", or "" when it is none of them.
[[nodiscard]] std::string_view preset_of(const Pace& pace);

class Face : public Observer {
 public:
  virtual void finalised(const Finalised& job) = 0;
  virtual void checked(const Checked& checked) = 0;  // before started()
};

// --check: nothing is sent, no job is made.
[[nodiscard]] Result<Checked> check(const Inputs::Wish& wish, int stop_fd = -1);

// A new import: the request's plan has everything but its inputs, which `wish` names. Nothing was
// sent and no job is left when it fails.
[[nodiscard]] Result<Report> import_new(Request request, Inputs::Wish wish, Face& face,
                                        int stop_fd = -1);
// One that goes on; the request has its id, and the credentials for its target.
[[nodiscard]] Result<Report> resume(Request request, Face& face, int stop_fd = -1);

// What a job was asked for that goes on; empty `id`: the latest of customers.
struct Resumable {
  std::string id;
  Plan plan;
};
[[nodiscard]] Result<Resumable> find_resumable(const std::string& root, const std::string& id);
// What folders of retry files among the paths say.
[[nodiscard]] Result<std::vector<RetryOrigin>> origins_of(const std::vector<std::string>& paths);

// One JSON object.
[[nodiscard]] std::string to_json(const Checked& checked);
[[nodiscard]] std::string to_json(const Report& report, const Checked* checked);

}  // namespace usher::customers
