// SPDX-License-Identifier: Apache-2.0
#include "store/batch_bytes.h"

#include "store/batches_test.h"

namespace usher {
namespace {

using customers::Cause;
using customers::Outcome;

TEST(ItemBytes, SayAgainWhatTheyWereMadeOf) {
  for (const auto outcome :
       {Outcome::pending, Outcome::arrived, Outcome::echo, Outcome::failed, Outcome::unconfirmed}) {
    for (int bits = 0; bits < 4; ++bits) {
      customers::ItemState wanted = state(outcome, nullptr, (bits & 1) != 0);
      wanted.begun = (bits & 2) != 0;
      const auto got = item_byte::unpack(item_byte::pack(wanted));
      ASSERT_TRUE(got);
      EXPECT_EQ(in_words(got.value_or(customers::ItemState())), in_words(wanted));
    }
  }
}

TEST(ItemBytes, ThatAreNoneOfOursSayNothing) {
  int good = 0;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (item_byte::unpack(static_cast<unsigned char>(byte))) ++good;
  }
  EXPECT_EQ(good, 5 * 8);
}

TEST(ItemBytes, CountWhatTheCheckTurnedDownAmongTheFailed) {
  customers::ItemCounts counts;
  item_byte::count(counts, item_byte::pack(state(Outcome::failed, cause(Cause::Kind::invalid))));
  item_byte::count(counts, item_byte::pack(state(Outcome::failed, cause(Cause::Kind::result))));
  item_byte::count(counts, item_byte::pack(state(Outcome::echo)));
  item_byte::count(counts, item_byte::pack(begun()));
  EXPECT_EQ(counts.failed, 2);
  EXPECT_EQ(counts.invalid, 1);
  EXPECT_EQ(counts.echoes, 1);
  EXPECT_EQ(counts.unconfirmed, 1) << "it may have been sent";
  EXPECT_EQ(counts.in_doubt, 1);
  EXPECT_EQ(counts.pending, 0);
  EXPECT_EQ(counts.total(), 4);
}

BatchBytes batch_of(const std::vector<Outcome>& outcomes, const std::vector<CauseNumber>& causes) {
  BatchBytes batch;
  for (const Outcome outcome : outcomes) {
    batch.items += static_cast<char>(item_byte::pack(state(outcome)));
  }
  batch.causes = causes;
  return batch;
}

TEST(CauseBytes, AreFourForAllItemsThatHaveTheSame) {
  const auto batch = batch_of(
      {Outcome::arrived, Outcome::failed, Outcome::unconfirmed, Outcome::pending}, {0, 7, 7, 0});
  EXPECT_EQ(pack_causes(batch), std::string("\0\0\0\7", 4));
  EXPECT_EQ(unpack_causes(pack_causes(batch), batch.items), batch.causes);
  EXPECT_EQ(pack_causes(batch_of({Outcome::arrived}, {0})), "");
}

TEST(CauseBytes, SayAgainWhatTheyWereMadeOf) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    BatchBytes batch;
    for (std::uint64_t i = 1 + random.below(100); i > 0; --i) {
      const auto outcome = static_cast<Outcome>(random.below(5));
      batch.items += static_cast<char>(item_byte::pack(state(outcome)));
      batch.causes.push_back(has_cause(outcome)
                                 ? static_cast<CauseNumber>(random.next() >> 32 >> random.below(32))
                                 : 0);
    }
    EXPECT_EQ(unpack_causes(pack_causes(batch), batch.items), batch.causes);
  }
}

TEST(CauseBytes, OfAnotherLengthSayNothing) {
  const auto batch = batch_of({Outcome::failed, Outcome::failed, Outcome::failed}, {1, 2, 3});
  const std::string bytes = pack_causes(batch);
  ASSERT_EQ(bytes.size(), 12U);
  for (std::size_t size = 0; size < 20; ++size) {
    std::string cut = bytes;
    cut.resize(size);
    const bool good = size == 0 || size == 4 || size == 12;
    EXPECT_EQ(unpack_causes(cut, batch.items).has_value(), good) << size;
  }
}

}  // namespace
}  // namespace usher
