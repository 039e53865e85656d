// SPDX-License-Identifier: Apache-2.0
// The inputs that an errors file is of, numbered: several errors files may stand in one, and the
// numbers of their records count in different files. Bounded: inputs beyond the first thousand are
// one. Tested by inputs_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace usher::analysis {

struct InputErrors {
  std::string path;  // as the first line has it
  std::uint64_t errors = 0;
  std::uint64_t wanted = 0;  // for a retry CSV
};

// Also where one of them is not there yet.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

class Inputs {
 public:
  static constexpr std::size_t kMost = 1000;
  static constexpr std::uint32_t kFurther = kMost + 1;

  // The number of this csvPath; 0: it names none. `fresh`: it has to be looked at, since it may
  // not have been given before.
  [[nodiscard]] std::uint32_t number_of(const std::string& path, bool& fresh);
  void count(std::uint32_t number, bool wanted);

  [[nodiscard]] const std::vector<InputErrors>& all() const { return all_; }
  [[nodiscard]] bool several() const { return all_.size() > 1 || further_ > 0; }
  // Which of them this file is; nothing: none.
  [[nodiscard]] std::optional<std::uint32_t> find(const std::string& path) const;

 private:
  std::string last_;
  std::uint32_t last_number_ = 0;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // by the path, resolved
  std::vector<InputErrors> all_;
  std::uint64_t further_ = 0;
};

// "retry-users.csv" for each, or with a number where two inputs have one name.
[[nodiscard]] std::vector<std::string> retry_names(const std::vector<InputErrors>& inputs);

}  // namespace usher::analysis
