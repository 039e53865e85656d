// SPDX-License-Identifier: Apache-2.0
// failed_customers/single_failures/<RESULT>/: one file for each item that failed, which can be
// imported by itself, and a summary for each result. What the API said names folders only after it
// was made a name; files that would have the same name have different ones; and there is a bound,
// since a million files help nobody. Tested by failed_files_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "run/customers/rest.h"
#include "run/customers/spill.h"

namespace usher::customers {

// Of what the API calls a result: "PARTLY_DONE". Never empty, no path, in upper case.
[[nodiscard]] std::string folder_name(std::string_view label);
// Letters, digits, "-" and "_" of what identifies an item; `otherwise` when nothing is left.
[[nodiscard]] std::string file_part(std::string_view text, std::string_view otherwise);

class SingleFailures {
 public:
  static constexpr std::uint64_t kMostFiles = 10'000;
  // Of what befalls whole batches (no answer, an answer that says nothing): one is like the next.
  static constexpr std::uint64_t kMostOfWholeBatches = 1'000;
  static constexpr std::size_t kMostFolders = 100;

  // Under `path`, which is there and empty; `shown`: what it will be called in the end.
  SingleFailures(std::string path, std::string shown, ImportType type, WallTime now,
                 std::uint64_t most_files = kMostFiles);

  // `error`: the cause in words.
  [[nodiscard]] Status add(const Item& item, const Identity& who, const ItemState& state,
                           std::string_view error);
  // The summaries, and the README.
  [[nodiscard]] Status finish(const std::string& job);

 private:
  struct Result {
    std::set<std::string> names;  // of its files, in lower case
    Spill list;
    std::uint64_t items = 0;
    std::uint64_t files = 0;
    std::uint64_t most = 0;
    int status = 0;
  };

  [[nodiscard]] std::pair<const std::string, Result>& entry_for(const std::string& label);
  [[nodiscard]] Status add_file(Result& result, const std::string& folder, const Item& item,
                                const Identity& who);
  [[nodiscard]] Status summarize(const std::string& name, const Result& result);

  std::string path_;
  std::string shown_;
  ImportType type_;
  WallTime now_;
  std::uint64_t most_files_;
  std::uint64_t files_ = 0;
  std::map<std::string, Result> results_;  // by folder
  std::string last_label_;
  std::pair<const std::string, Result>* last_ = nullptr;
};

}  // namespace usher::customers
