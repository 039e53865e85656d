// SPDX-License-Identifier: Apache-2.0
#include "run/error_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/failure_pattern.h"

namespace usher {
namespace {

constexpr std::size_t kLongestMessage = 400;  // bytes of a message that are looked at
}  // namespace

bool ErrorGroups::add(std::uint64_t record, const Failure& failure) {
  const std::string pattern = failure_pattern(failure.message);
  const std::string key = fmt::format("{}\n{}\n{}\n{}", static_cast<int>(failure.at),
                                      failure.http_status, failure.code, pattern);
  auto found = groups_.find(key);
  if (found == groups_.end() && groups_.size() >= kMostKinds) {
    if (other_.count++ == 0) other_.first_record = record;
    other_.message = "other failures";
    return false;
  }
  if (found == groups_.end()) {
    groups_.emplace(key, Group{failure.at, failure.http_status, failure.code,
                               failure.message.substr(0, kLongestMessage), 1, record});
    return true;
  }
  Group& group = found->second;
  ++group.count;
  if (group.message != failure.message.substr(0, kLongestMessage)) group.message = pattern;
  return false;
}

std::vector<ErrorGroups::Group> ErrorGroups::largest(std::size_t most) const {
  std::vector<Group> all;
  all.reserve(groups_.size());
  for (const auto& [key, group] : groups_) all.push_back(group);
  std::ranges::sort(all, [](const Group& a, const Group& b) {
    return a.count != b.count ? a.count > b.count : a.first_record < b.first_record;
  });
  if (all.size() > most) all.resize(most);
  return all;
}

}  // namespace usher
