// SPDX-License-Identifier: Apache-2.0
// Keys, steps and rows for the tests of the stores.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/job_store.h"

namespace usher {

inline Key key(std::uint64_t number) {
  static const Hasher kHasher("key of a test");
  return kHasher(std::to_string(number));
}

inline StepRecord record(StepState state, const std::string& id = "") {
  StepRecord record;
  record.kind = StepKind::membership;
  record.state = state;
  record.id = id;
  record.identity = 0xFFFF'FFFF'FFFF'FFFFULL;  // digests use all bits
  record.wish = 0x8000'0000'0000'0001ULL;
  record.begun_at = WallTime{std::chrono::milliseconds{1'772'442'907'042}};
  return record;
}

inline StepRecord found(Store& store, const Key& wanted) {
  const auto result = store.find(wanted);
  EXPECT_TRUE(result) << result.error().line();
  return result.value_or(StepRecord{});
}

// When a step began is known while it is in doubt.
inline void expect_same(const StepRecord& got, const StepRecord& wanted) {
  EXPECT_EQ(got.kind, wanted.kind);
  EXPECT_EQ(got.state, wanted.state);
  EXPECT_EQ(got.id, wanted.id);
  EXPECT_EQ(got.identity, wanted.identity);
  EXPECT_EQ(got.wish, wanted.wish);
  EXPECT_EQ(got.begun_at, wanted.in_doubt() ? wanted.begun_at : WallTime{});
}

// The rows of an input, numbered in order.
inline JobStore::NextRow rows_of(std::vector<RowPrint> rows) {
  return
      [rows = std::move(rows), at = std::size_t{0}]() mutable -> Result<std::optional<RowPrint>> {
        if (at == rows.size()) return std::optional<RowPrint>();
        rows[at].record = at + 1;
        return rows[at++];
      };
}

// `count` rows of as many people, each asking for a membership.
inline std::vector<RowPrint> people(std::uint64_t count, std::uint64_t first = 1) {
  std::vector<RowPrint> rows;
  for (std::uint64_t i = first; i < first + count; ++i) rows.push_back({0, i * 1'000, i, true});
  return rows;
}

}  // namespace usher
