// SPDX-License-Identifier: Apache-2.0
// A scene of customer tests: a sandbox, a folder, and customers in customers.json.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/scratch.h"
#include "scenarios/customer_oracle.h"
#include "scenarios/customer_run.h"

namespace usher::scenarios {

struct CustomerScene {
  LocalApi api;
  ScratchFolder folder{};
  CustomerItems items;

  explicit CustomerScene(std::size_t count, std::vector<std::string> flags = {})
      : api(customer_api(std::move(flags))), items(some_customers(count)) {
    folder.write("customers.json", file_of(items));
  }

  // customers.json, ten in a request, one request at a time, one attempt; what follows overrides.
  [[nodiscard]] CustomerRun import(std::vector<std::string> more = {}) const {
    return CustomerRun(import_customers(api, folder.path(), typed(std::move(more))));
  }
  [[nodiscard]] CustomerRun log_in_and_import(std::vector<std::string> more = {}) const {
    return CustomerRun(scenarios::log_in_and_import(api, folder.path(), typed(std::move(more))));
  }
  // As the instructions say it.
  [[nodiscard]] CustomerRun retry(const RetryFiles& files) const {
    return CustomerRun(import_customers(api, folder.path(), {files.name + "/"}));
  }
  [[nodiscard]] RetryFiles retry_files() const { return the_retry_files(folder.path()); }
  void expect_everybody_once() const {
    const auto folders = retry_folders(folder.path());
    scenarios::expect_everybody_once(
        api, items, folders.empty() ? RetryFiles{} : read_retry_files(folders.back()));
  }

  // With `words` that name no file: customers.json.
  static std::vector<std::string> typed(std::vector<std::string> words) {
    const auto given = [&](const std::string& name) {
      return std::ranges::find(words, name) != words.end();
    };
    if (words.empty() || words.front().starts_with("--")) {
      words.insert(words.begin(), "customers.json");
    }
    const std::pair<const char*, const char*> defaults[] = {
        {"--batch-size", "10"}, {"--workers", "1"}, {"--max-retries", "1"}};
    for (const auto& [name, value] : defaults) {
      if (!given(name)) words.insert(words.end(), {name, value});
    }
    return words;
  }
};

}  // namespace usher::scenarios
