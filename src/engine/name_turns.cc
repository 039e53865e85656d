// SPDX-License-Identifier: Apache-2.0
#include "engine/name_turns.h"

#include <utility>

namespace usher {
namespace {

bool by_name(const OrgRef& wish) {
  return wish.by == OrgRef::By::name;
}

// Empty: it takes no turns.
const std::string& name_of(const OrgRef& wish) {
  static const std::string kNone;
  if (by_name(wish)) return wish.value;
  return wish.by == OrgRef::By::external_id && wish.may_create ? wish.name : kNone;
}

}  // namespace

bool NameTurns::admits(const Line& line, const Gate& gate) {
  return line.at_it == 0 || (!line.alone && !by_name(gate.wish));
}

void NameTurns::enter(Line& line, const Gate& gate) {
  ++line.at_it;
  line.alone = by_name(gate.wish);
}

bool NameTurns::ask(Gate& gate) {
  const std::string& name = name_of(gate.wish);
  if (name.empty()) return true;
  Line& line = lines_[name];
  if (line.waiting.empty() && admits(line, gate)) {
    enter(line, gate);
    return true;
  }
  line.waiting.push_back(&gate);
  return false;
}

std::vector<Gate*> NameTurns::end(Gate& gate) {
  std::vector<Gate*> next;
  const auto found = lines_.find(name_of(gate.wish));
  if (found == lines_.end()) return next;
  remember(gate);
  Line& line = found->second;
  --line.at_it;
  while (!line.waiting.empty() && admits(line, *line.waiting.front())) {
    next.push_back(line.waiting.front());
    line.waiting.pop_front();
    enter(line, *next.back());
  }
  if (line.at_it == 0) lines_.erase(found);
  return next;
}

std::vector<Gate*> NameTurns::take_waiting() {
  std::vector<Gate*> taken;
  for (auto& [name, line] : lines_) {
    for (Gate* gate : std::exchange(line.waiting, {})) taken.push_back(gate);
  }
  return taken;
}

void NameTurns::clear() {
  lines_.clear();
  known_.clear();
  order_.clear();
}

void NameTurns::remember(const Gate& gate) {
  const bool named = by_name(gate.wish);
  if (named ? !gate.record.holds() : gate.record.state != StepState::created) return;
  const std::string& name = name_of(gate.wish);
  const auto [known, fresh] = known_.insert_or_assign(name, Known{gate.record.id, named});
  if (fresh) order_.push_back(name);
  if (order_.size() <= kept_) return;
  known_.erase(order_.front());
  order_.pop_front();
}

std::string NameTurns::made(const OrgRef& wish) const {
  const auto found = known_.find(name_of(wish));
  if (!by_name(wish) || found == known_.end() || found->second.by_name) return {};
  return found->second.id;
}

std::string NameTurns::clashes(const OrgRef& wish) const {
  const auto found = known_.find(name_of(wish));
  if (by_name(wish) || found == known_.end() || !found->second.by_name) return {};
  return found->second.id;
}

}  // namespace usher
