// SPDX-License-Identifier: Apache-2.0
// Failures by kind: 205 failed rows are usually two mistakes. A kind is where it failed, what the
// API answered, and the message with its names and numbers taken out. Bounded whatever the input
// holds. Pure. Tested by error_groups_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/failure.h"

namespace usher {

class ErrorGroups {
 public:
  static constexpr std::size_t kMostKinds = 200;  // further kinds are one kind, "other"

  struct Group {
    FailedAt at = FailedAt::user_create;
    int http_status = 0;
    std::string code;
    std::string message;  // of the first; its pattern once there are several that differ
    std::uint64_t count = 0;
    std::uint64_t first_record = 0;
  };

  // True for the first failure of its kind.
  bool add(std::uint64_t record, const Failure& failure);

  [[nodiscard]] std::vector<Group> largest(std::size_t most) const;
  [[nodiscard]] std::size_t kinds() const { return groups_.size() + (other_.count > 0 ? 1 : 0); }

 private:
  std::map<std::string, Group, std::less<>> groups_;
  Group other_;
};

}  // namespace usher
