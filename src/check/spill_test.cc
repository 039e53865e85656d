// SPDX-License-Identifier: Apache-2.0
#include "check/spill.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "check/first_seen.h"
#include "check/row_notes.h"
#include "check/spool.h"

namespace usher::check {
namespace {

TEST(Spill, GivesBackEveryValueInItsOrder) {
  Spill<std::uint64_t> spill;
  std::map<std::size_t, std::vector<std::uint64_t>> model;
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::size_t partition = random() % 7 * (random() % 5);
    ASSERT_TRUE(spill.add(partition, i));
    model[partition].push_back(i);
  }
  for (std::size_t partition = 0; partition < 40; ++partition) {
    std::vector<std::uint64_t> found;
    ASSERT_TRUE(spill.each(partition, [&](std::uint64_t value) { found.push_back(value); }));
    EXPECT_EQ(found, model[partition]);
    EXPECT_EQ(spill.size(partition), model[partition].size());
  }
}

struct Numbered {
  std::uint64_t number = 0;
  int what = 0;
};

TEST(RowNotes, AreAskedForInTheOrderOfTheFile) {
  RowNotes<Numbered> notes;
  for (const std::uint64_t number : {70'000U, 5U, 200'000U, 5U, 69'999U}) {
    ASSERT_TRUE(notes.add({number, static_cast<int>(number % 3) + (number == 5 ? 1 : 0)}));
  }
  std::vector<Numbered> found;
  std::size_t total = 0;
  for (std::uint64_t number = 1; number <= 210'000; ++number) {
    ASSERT_TRUE(notes.of(number, found,
                         [](const Numbered& a, const Numbered& b) { return a.what < b.what; }));
    total += found.size();
    for (const Numbered& note : found) EXPECT_EQ(note.number, number);
    EXPECT_EQ(found.size() == 2, number == 5);
  }
  EXPECT_EQ(total, 5U);
}

struct Keyed {
  std::uint64_t key = 0;
  int what = 0;
};

TEST(FirstSeen, KnowsTheFirstOfEachKeyAndGrows) {
  FirstSeen<Keyed> seen;
  seen.clear(1);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 5000; ++i) {
      const std::uint64_t key = i * 0x9e3779b97f4a7c15ULL;
      const auto [first, fresh] = seen.meet({key, round});
      EXPECT_EQ(fresh, round == 0);
      EXPECT_EQ(first->key, key);
      EXPECT_EQ(first->what, 0);
    }
  }
}

TEST(Spool, GivesBackAnyPiece) {
  Spool spool;
  std::string model;
  std::mt19937_64 random(2);
  for (int i = 0; i < 200; ++i) {
    const std::string text(random() % 5000, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(spool.add(text));
    model += text;
    const std::uint64_t at = random() % model.size();
    const std::uint64_t size = random() % (model.size() - at + 1);
    std::string piece;
    ASSERT_TRUE(spool.read(at, size, piece));
    EXPECT_EQ(piece, model.substr(at, size));
  }
  EXPECT_EQ(spool.size(), model.size());
  const ScratchFolder folder;
  auto file = Replacement::begin(folder.at("x"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(spool.copy_to(*file));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(folder.read("x"), model);
}

}  // namespace
}  // namespace usher::check
