// SPDX-License-Identifier: Apache-2.0
#include "engine/name_turns.h"

#include <deque>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

Gate named(const std::string& name) {
  Gate gate;
  gate.wish = {.by = OrgRef::By::name, .value = name, .may_create = true};
  return gate;
}
Gate external(const std::string& value, const std::string& name, bool may_create = true) {
  Gate gate;
  gate.wish = {OrgRef::By::external_id, value, name, may_create};
  return gate;
}
void resolve(Gate& gate, StepState state, const std::string& id) {
  gate.record.state = state;
  gate.record.id = id;
}

using TheirTurn = std::vector<Gate*>;

TEST(NameTurns, OneByItsNameAloneWaitsForOneThatMayMakeIt) {
  NameTurns turns(10);
  Gate first = external("acct-1", "Acme");
  Gate second = named("Acme");
  EXPECT_TRUE(turns.ask(first));
  EXPECT_FALSE(turns.ask(second));
  EXPECT_EQ(turns.end(first), TheirTurn{&second});
  EXPECT_EQ(turns.end(second), TheirTurn{});
}

TEST(NameTurns, OneThatMayMakeItWaitsForOneByItsNameAlone) {
  NameTurns turns(10);
  Gate first = named("Acme");
  Gate second = external("acct-1", "Acme");
  Gate third = external("acct-2", "Acme");
  EXPECT_TRUE(turns.ask(first));
  EXPECT_FALSE(turns.ask(second));
  EXPECT_FALSE(turns.ask(third));
  EXPECT_EQ(turns.end(first), (TheirTurn{&second, &third}));
}

TEST(NameTurns, ThoseByExternalIdGoTogetherButOvertakeNobody) {
  NameTurns turns(10);
  Gate first = external("acct-1", "Acme");
  Gate second = external("acct-2", "Acme");
  Gate third = named("Acme");
  Gate fourth = external("acct-3", "Acme");
  EXPECT_TRUE(turns.ask(first));
  EXPECT_TRUE(turns.ask(second));
  EXPECT_FALSE(turns.ask(third));
  EXPECT_FALSE(turns.ask(fourth)) << "in the file it comes after the name alone";
  EXPECT_EQ(turns.end(second), TheirTurn{});
  EXPECT_EQ(turns.end(first), TheirTurn{&third});
  EXPECT_EQ(turns.end(third), TheirTurn{&fourth});
}

TEST(NameTurns, WhatCannotMakeOneOfTheNameWaitsForNobody) {
  NameTurns turns(10);
  Gate first = named("Acme");
  EXPECT_TRUE(turns.ask(first));
  Gate by_id;
  by_id.wish = {.by = OrgRef::By::id, .value = "Acme"};
  for (Gate other : {named("acme"), named("Acme "), external("Acme", "Other"),
                     external("acct-1", "Acme", false), external("acct-1", ""), by_id}) {
    EXPECT_TRUE(turns.ask(other)) << other.wish.value;
    EXPECT_EQ(turns.end(other), TheirTurn{});
  }
}

TEST(NameTurns, NobodysTurnComesOnceTheLineIsEmptied) {
  NameTurns turns(10);
  Gate first = external("acct-1", "Acme");
  Gate second = named("Acme");
  Gate third = external("acct-2", "Acme");
  EXPECT_TRUE(turns.ask(first));
  EXPECT_FALSE(turns.ask(second));
  EXPECT_FALSE(turns.ask(third));
  EXPECT_EQ(turns.take_waiting(), (TheirTurn{&second, &third}));
  EXPECT_EQ(turns.take_waiting(), TheirTurn{});
  EXPECT_EQ(turns.end(first), TheirTurn{});
}

TEST(NameTurns, WhatWasMadeIsExpectedByItsNameAlone) {
  NameTurns turns(2);
  Gate found = external("acct-0", "Acme");
  EXPECT_TRUE(turns.ask(found));
  resolve(found, StepState::already_there, "org_0");
  EXPECT_EQ(turns.end(found), TheirTurn{});
  EXPECT_EQ(turns.made(named("Acme").wish), "") << "who knows what it is called";
  Gate made = external("acct-1", "Acme");
  EXPECT_TRUE(turns.ask(made));
  resolve(made, StepState::created, "org_1");
  EXPECT_EQ(turns.end(made), TheirTurn{});
  EXPECT_EQ(turns.made(named("Acme").wish), "org_1");
  EXPECT_EQ(turns.made(named("Other").wish), "");
  EXPECT_EQ(turns.made(external("acct-2", "Acme").wish), "");
  for (const char* other : {"B", "C"}) {
    Gate gate = external(other, other);
    EXPECT_TRUE(turns.ask(gate));
    resolve(gate, StepState::created, other);
    EXPECT_EQ(turns.end(gate), TheirTurn{});
  }
  EXPECT_EQ(turns.made(named("Acme").wish), "") << "only the last are remembered";
  EXPECT_EQ(turns.made(named("C").wish), "C");
}

TEST(NameTurns, OneMadeNextToOneFoundByItsNameAloneIsAClash) {
  NameTurns turns(10);
  const OrgRef wish = external("acct-1", "Acme").wish;
  Gate failed = named("Acme");
  EXPECT_TRUE(turns.ask(failed));
  resolve(failed, StepState::failed, "");
  EXPECT_EQ(turns.end(failed), TheirTurn{});
  EXPECT_EQ(turns.clashes(wish), "");
  Gate found = named("Acme");
  EXPECT_TRUE(turns.ask(found));
  resolve(found, StepState::already_there, "org_1");
  EXPECT_EQ(turns.end(found), TheirTurn{});
  EXPECT_EQ(turns.clashes(wish), "org_1");
  EXPECT_EQ(turns.made(found.wish), "");
  turns.clear();
  EXPECT_EQ(turns.clashes(wish), "");
}

// Whatever is asked and ended in whatever order: one by name alone is alone at it, each gets its
// turn once and in the order of asking among those that exclude each other, and nobody is left.
TEST(NameTurns, EverybodyGetsATurnAndNobodyByNameShares) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    NameTurns turns(1 + random.below(4));
    std::deque<Gate> gates;
    std::vector<Gate*> at_it;
    std::set<const Gate*> begun;
    auto begin = [&](Gate* gate) {
      EXPECT_TRUE(begun.insert(gate).second);
      at_it.push_back(gate);
      for (const Gate* other : at_it) {
        if (other == gate || other->wish.by != gate->wish.by) continue;
        EXPECT_FALSE(other->wish.by == OrgRef::By::name && other->wish.value == gate->wish.value);
      }
      for (const Gate* other : at_it) {
        const bool mixed = other->wish.by != gate->wish.by;
        EXPECT_FALSE(mixed &&
                     (other->wish.by == OrgRef::By::name ? other->wish.value == gate->wish.name
                                                         : other->wish.name == gate->wish.value));
      }
      for (const Gate& earlier : gates) {
        if (&earlier == gate) break;
        const bool excluded =
            earlier.wish.by == OrgRef::By::name || gate->wish.by == OrgRef::By::name;
        const std::string& name =
            gate->wish.by == OrgRef::By::name ? gate->wish.value : gate->wish.name;
        const std::string& its =
            earlier.wish.by == OrgRef::By::name ? earlier.wish.value : earlier.wish.name;
        EXPECT_TRUE(!excluded || its != name || begun.contains(&earlier)) << "overtaken";
      }
    };
    for (std::uint64_t left = 30; left > 0 || !at_it.empty();) {
      if (left > 0 && (at_it.empty() || random.chance(0.5))) {
        --left;
        const std::string name = random.chance(0.5) ? "Acme" : "Other";
        gates.push_back(random.chance(0.5) ? named(name) : external(std::to_string(left), name));
        if (turns.ask(gates.back())) begin(&gates.back());
        continue;
      }
      const auto which = random.below(at_it.size());
      Gate* ends = at_it[which];
      at_it.erase(at_it.begin() + static_cast<std::ptrdiff_t>(which));
      resolve(*ends, random.chance(0.7) ? StepState::created : StepState::failed, "org");
      for (Gate* next : turns.end(*ends)) begin(next);
    }
    EXPECT_EQ(begun.size(), gates.size());
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace usher
