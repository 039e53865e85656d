// SPDX-License-Identifier: Apache-2.0
// Which request suffers which fault. A fault that loses to an earlier one of the list has not
// fired: its count is not used up, and its place in `after` and `every` moves on all the same, so
// that the numbers in a fault file mean requests. Tested by faults_test.cc, item_faults_test.cc.
#include "sandbox/faults.h"

#include <utility>

namespace usher::sandbox {

namespace {

bool path_matches(std::string_view pattern, std::string_view path) {
  if (pattern == "*") return true;
  if (pattern.ends_with("/*")) return path.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == path;
}

bool matches(const Fault& fault, std::string_view method, std::string_view path) {
  return (fault.method == "*" || fault.method == method) && path_matches(fault.path, path);
}

bool id_matches(std::string_view pattern, std::string_view id) {
  if (pattern.ends_with('*')) return id.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == id;
}

// Two streams of one seed must not be shifts of each other: the index goes through the generator.
Random draws_for(std::uint64_t seed, std::size_t index) {
  Random mixer(Random(static_cast<std::uint64_t>(index)).next() ^ seed);
  return Random(mixer.next());
}

// FNV-1a: the same draws on every machine.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0xcbf29ce484222325ULL;
  for (const char letter : text) {
    number = (number ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  return number;
}

}  // namespace

FaultPlan::FaultPlan(std::vector<Fault> faults, std::uint64_t seed) : seed_(seed) {
  for (auto& fault : faults) add(std::move(fault));
}

void FaultPlan::add(Fault fault) {
  if (fault.name.empty()) fault.name = to_string(fault.kind);
  draws_.push_back(draws_for(seed_, faults_.size()));
  faults_.push_back(std::move(fault));
  seen_.push_back(0);
  fired_.push_back(0);
  met_.emplace_back();
}

void FaultPlan::clear() {
  faults_.clear();
  seen_.clear();
  fired_.clear();
  draws_.clear();
  met_.clear();
}

FaultPlan::Hit FaultPlan::next(std::string_view method, std::string_view path,
                               std::uint64_t items) {
  path = path.substr(0, path.find('?'));
  Hit hit;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const auto& fault = faults_[i];
    if (meets_items(fault.kind) || !matches(fault, method, path)) continue;
    if (fault.items_over > 0 && items <= fault.items_over) continue;
    const auto seen = ++seen_[i];
    if (seen <= fault.after) continue;
    // Drawn even when it cannot fire any more: a fault's stream is a function of its requests
    // alone.
    const bool drawn = draws_[i].chance(fault.probability);
    const bool due = fault.every > 0 ? (seen - fault.after) % fault.every == 0 : drawn;
    const bool rests = fault.count > 0 && fired_[i] >= fault.count;
    const bool late = fault.kind == FaultKind::latency;
    if (!due || rests || (!late && hit.fault != nullptr)) continue;
    ++fired_[i];
    if (late) {
      const auto spread = static_cast<std::uint64_t>(fault.jitter.count()) + 1;
      hit.latency += fault.delay + std::chrono::milliseconds(draws_[i].below(spread));
    } else {
      hit.fault = &fault;
    }
  }
  return hit;
}

const Fault* FaultPlan::next_item(std::string_view path, std::string_view id, std::uint64_t nth) {
  const Fault* hit = nullptr;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const auto& fault = faults_[i];
    if (!meets_items(fault.kind) || !matches(fault, "POST", path) || !id_matches(fault.id, id)) {
      continue;
    }
    const auto seen = ++seen_[i];
    if (hit != nullptr || seen <= fault.after) continue;
    const bool drawn = draws_for(seed_ ^ number_of(id), (i << 16) + nth).chance(fault.probability);
    const bool due = fault.every > 0 ? (seen - fault.after) % fault.every == 0 : drawn;
    if (!due || (fault.count > 0 && fired_[i] >= fault.count)) continue;
    if (fault.once && !met_[i].emplace(id).second) continue;
    ++fired_[i];
    hit = &fault;
  }
  return hit;
}

}  // namespace usher::sandbox
