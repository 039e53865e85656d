// SPDX-License-Identifier: Apache-2.0
#include "analysis/inputs.h"

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace usher::analysis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestPath = 4096;

// Where a name leads, also when nothing is there yet.
std::string resolved(const std::string& path) {
  std::error_code problem;
  const fs::path found = fs::weakly_canonical(fs::absolute(path, problem), problem);
  return problem ? path : found.string();
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code problem;
  return fs::equivalent(a, b, problem) || resolved(a) == resolved(b);
}

std::uint32_t Inputs::number_of(const std::string& path, bool& fresh) {
  fresh = false;
  if (path.empty() || path == last_) return path.empty() ? 0 : last_number_;
  fresh = true;
  if (path.size() > kLongestPath) return kFurther;  // no file has such a name
  last_ = path;
  const std::string key = resolved(path);
  auto found = numbers_.find(key);
  if (found == numbers_.end() && all_.size() < kMost) {
    all_.push_back({path});
    found = numbers_.emplace(key, static_cast<std::uint32_t>(all_.size())).first;
  }
  last_number_ = found == numbers_.end() ? kFurther : found->second;
  return last_number_;
}

void Inputs::count(std::uint32_t number, bool wanted) {
  if (number == kFurther) ++further_;
  if (number == 0 || number == kFurther) return;
  InputErrors& input = all_[number - 1];
  ++input.errors;
  if (wanted) ++input.wanted;
}

std::optional<std::uint32_t> Inputs::find(const std::string& path) const {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (same_file(all_[i].path, path)) return static_cast<std::uint32_t>(i + 1);
  }
  return std::nullopt;
}

std::vector<std::string> retry_names(const std::vector<InputErrors>& inputs) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const InputErrors& input : inputs) {
    const fs::path path(input.path);
    std::string name = "retry-" + path.filename().string();
    for (int i = 2; !taken.insert(name).second; ++i) {
      name = fmt::format("retry-{}-{}", i, path.filename().string());
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace usher::analysis
