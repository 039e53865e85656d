// SPDX-License-Identifier: Apache-2.0
// The invariants of ARCHITECTURE.md, each by its name, in the simulated world: every schedule is a
// random input, random troubles, and a cut at a random or at every action.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "world/schedules.h"
#include "world/world.h"

namespace usher::world {
namespace {

// One organization may be named in several ways, and several may have one name.
OrgRef random_organization(Random& random, bool mixed) {
  const std::string external_id = fmt::format("acct-{}", random.below(3));
  const std::string other = fmt::format("acct-{}", random.below(3));
  if (!mixed) {
    if (external_id != "acct-2") {
      return {OrgRef::By::external_id, external_id, name_of(external_id), true};
    }
    return {.by = OrgRef::By::name, .value = "Name only", .may_create = true};
  }
  if (random.chance(0.4)) {
    return {.by = OrgRef::By::name, .value = name_of(external_id), .may_create = true};
  }
  const std::string name = name_of(random.chance(0.2) ? other : external_id);
  return {OrgRef::By::external_id, external_id, name, true};
}

// A few people in a few organizations, often repeated, in any order and case.
std::vector<UserRow> random_rows(Random& random, std::size_t most = 10) {
  const bool mixed = random.chance(0.5);
  std::vector<UserRow> rows(1 + random.below(most));
  for (UserRow& row : rows) {
    const auto person = random.below(5);
    row.email = fmt::format("{}{}@example.com", random.chance(0.3) ? "P" : "p", person);
    row.external_id = fmt::format("crm-{}", person);
    row.first_name = fmt::format("First{}", person);
    if (!random.chance(0.8)) continue;
    row.org = random_organization(random, mixed);
    for (const char* role : {"admin", "viewer", "editor"}) {
      if (random.chance(0.25)) row.roles.emplace_back(role);
    }
  }
  return rows;
}

Directory random_directory(Random& random) {
  Directory directory;
  for (std::uint64_t person = 0; person < 5; ++person) {
    if (random.chance(0.7)) continue;
    Person& there = directory[fmt::format("p{}@example.com", person)];
    there.external_id = random.chance(0.7) ? fmt::format("crm-{}", person) : "";
    if (random.chance(0.5)) there.memberships[fmt::format("acct-{}", random.below(2))] = {"member"};
  }
  return directory;
}

Troubles random_troubles(Random& random) {
  if (random.chance(0.3)) return {};
  const double each = 0.02 * static_cast<double>(random.below(4));
  return {each, each, each, each, each, each};
}

std::string in_words(const Directory& directory) {
  std::string text;
  for (const auto& [email, person] : directory) {
    text += fmt::format("{} ({})\n", email, person.external_id);
    for (const auto& [organization, roles] : person.memberships) {
      text += fmt::format("  {}: {}\n", organization, fmt::join(roles, " "));
    }
  }
  return text;
}

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed), world(seed * 2 + 1) {
    rows = random_rows(random_);
    before = random_.chance(0.5) ? random_directory(random_) : Directory{};
    world.seed_directory(before);
    organizations = world.organizations();
    world.troubles = random_troubles(random_);
    world.concurrency = 1 + static_cast<int>(random_.below(6));
  }

  void expect_right() {
    EXPECT_EQ(world.violations(), std::vector<std::string>{});
    EXPECT_EQ(world.twins(), 0U);
    Wanted right = reading();
    EXPECT_EQ(in_words(world.directory()), in_words(right.people));
    std::sort(right.organizations.begin(), right.organizations.end());
    EXPECT_EQ(world.organizations(), right.organizations);
  }
  void expect_counted(const World::Life& life) const {
    const Tally::Rows& counts = life.tally.rows;
    EXPECT_EQ(counts.read, rows.size());
    EXPECT_EQ(counts.created + counts.unchanged + counts.failed + counts.not_tried, rows.size());
    EXPECT_EQ(life.ends.size(), rows.size());
    std::set<std::uint64_t> refused;
    for (const RowEnd& end : life.ends) {
      if (end.how != RowEnd::How::failed) continue;
      refused.insert(end.record);
      EXPECT_EQ(end.failure.message.find("several organizations are named"), 0U)
          << "row " << end.record << ": " << end.failure.message;
    }
    EXPECT_EQ(refused, reading().refused);
  }
  // Whether another run without a store reads the same out of the rows. It does not when a name
  // alone comes before an external id that has it: the first run makes two, and the second is right
  // to refuse the name.
  [[nodiscard]] bool same_again() const {
    const Wanted once = reading();
    const Wanted again = wanted(once.people, once.organizations, rows);
    return once.refused.empty() && again.refused.empty();
  }

 private:
  [[nodiscard]] Wanted reading() const { return wanted(before, organizations, rows); }

  Random random_;

 public:
  World world;
  std::vector<UserRow> rows;
  Directory before;
  std::vector<Organization> organizations;  // beforehand
};

TEST(Invariants, I1I2I4I9HoldWhateverHappensOnTheWay) {
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Schedule schedule(seed);
    const World::Life life = schedule.world.live(schedule.rows);
    ASSERT_TRUE(life.finished);
    schedule.expect_counted(life);
    schedule.expect_right();
    if (HasFailure()) return;
  }
}

// Without a job: the store dies with the process. Running the same command again converges, and
// once converged a run sends nothing that writes.
TEST(Invariants, I3WithoutAJobAPlainRunAgainConvergesAndAThirdWritesNothing) {
  std::uint64_t tried = 0;
  for (std::uint64_t seed = first_seed(); tried < schedules(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Schedule schedule(seed);
    if (!schedule.same_again()) continue;
    ++tried;
    Random random(seed + 99);
    schedule.world.live(schedule.rows, 1 + random.below(60));
    schedule.world.lose_disk();
    const World::Life again = schedule.world.live(schedule.rows);
    ASSERT_TRUE(again.finished);
    schedule.expect_counted(again);
    schedule.expect_right();

    schedule.world.lose_disk();
    schedule.world.troubles = {};
    const std::uint64_t writes = schedule.world.writes_seen();
    const World::Life third = schedule.world.live(schedule.rows);
    ASSERT_TRUE(third.finished);
    EXPECT_EQ(schedule.world.writes_seen(), writes);
    EXPECT_EQ(third.tally.rows.unchanged, schedule.rows.size());
    schedule.expect_right();
    if (HasFailure()) return;
  }
}

// With a store that survives: cut again and again, then finished.
TEST(Invariants, I3CutAnyNumberOfTimesAndResumedItHoldsExactlyTheInput) {
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Schedule schedule(seed);
    Random random(seed + 7);
    for (std::uint64_t lives = random.below(4); lives > 0; --lives) {
      schedule.world.live(schedule.rows, 1 + random.below(40));
    }
    const World::Life last = schedule.world.live(schedule.rows);
    ASSERT_TRUE(last.finished);
    schedule.expect_counted(last);
    schedule.expect_right();
    if (HasFailure()) return;
  }
}

// A first Ctrl-C at any time, often while nothing is answered any more: it ends soon, every row
// that was read has an end, what was made is counted, and the next run makes the rest.
TEST(Invariants, I3I9AStopAtAnyTimeEndsSoonAndTheNextRunFinishesIt) {
  std::uint64_t stops = 0;
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Schedule schedule(seed);
    Random random(seed + 13);
    World& world = schedule.world;
    world.stop_at = 1 + random.below(60);
    if (random.chance(0.6))
      world.silent_after = world.stop_at - std::min(world.stop_at, random.below(30));
    const bool keeps = random.chance(0.5) || !schedule.same_again();
    const World::Life life = world.live(schedule.rows);
    stops += life.stopped ? 1U : 0U;
    EXPECT_LE(life.stopping, std::chrono::seconds{30});
    EXPECT_EQ(life.tally.rows.read, life.ends.size());
    EXPECT_EQ(life.tally.rows.done() + life.tally.rows.not_tried, life.ends.size());
    if (life.stopped) {
      EXPECT_EQ(life.tally.users.created, world.settled(StepKind::user, StepState::created));
      EXPECT_EQ(life.tally.organizations.created,
                world.settled(StepKind::organization, StepState::created));
    }
    world.stop_at = world.silent_after = UINT64_MAX;
    if (!keeps) world.lose_disk();
    const World::Life next = world.live(schedule.rows);
    ASSERT_TRUE(next.finished);
    schedule.expect_counted(next);
    schedule.expect_right();
    if (HasFailure()) return;
  }
  EXPECT_GT(stops, schedules() / 2);
}

TEST(Invariants, I3HoldsForACutAtEveryActionOfOneRun) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (std::uint64_t cut = 1;; ++cut) {
      SCOPED_TRACE(fmt::format("seed {} cut {}", seed, cut));
      Schedule schedule(seed);
      if (seed % 2 == 0 && !schedule.same_again()) break;
      const bool whole = schedule.world.live(schedule.rows, cut).finished;
      if (seed % 2 == 0) schedule.world.lose_disk();
      ASSERT_TRUE(schedule.world.live(schedule.rows).finished);
      schedule.expect_right();
      if (HasFailure()) return;
      if (whole) break;
    }
  }
}

}  // namespace
}  // namespace usher::world
