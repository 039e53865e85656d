// SPDX-License-Identifier: Apache-2.0
#include "engine/batch_size.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

void go_well(BatchSize& size, int times) {
  for (int i = 0; i < times; ++i) size.went_well(size.most());
}

TEST(BatchSizes, WhatWasTooMuchIsHalvedAndNotAskedAgainAtOnce) {
  BatchSize size;
  EXPECT_EQ(size.most(), 100U);
  size.too_much(70);
  EXPECT_EQ(size.most(), 35U);
  size.too_much(70);
  EXPECT_EQ(size.most(), 35U) << "it had left before";
  size.too_much(35);
  EXPECT_EQ(size.most(), 18U);
  for (int i = 0; i < 10; ++i) size.too_much(size.most());
  EXPECT_EQ(size.most(), 1U);
}

TEST(BatchSizes, TriesMoreWhenManyOfThatSizeWentWell) {
  BatchSize size;
  size.too_much(100);
  go_well(size, BatchSize::kFirstPatience - 1);
  size.went_well(3);
  EXPECT_EQ(size.most(), 50U);
  go_well(size, 1);
  EXPECT_EQ(size.most(), 100U);
  go_well(size, 1'000);
  EXPECT_EQ(size.most(), 100U);
}

TEST(BatchSizes, OneTimeOutOfASizeThatWentWellIsNoMatterOfSize) {
  BatchSize size;
  size.went_well(70);
  size.too_much(2);
  EXPECT_EQ(size.most(), 100U);
  size.went_well(70);
  size.too_much(70);
  EXPECT_EQ(size.most(), 100U);
  size.too_much(70);
  EXPECT_EQ(size.most(), 35U) << "it has become slower";
}

TEST(BatchSizes, EachTryThatFailsMakesTheNextOneRarer) {
  BatchSize size;
  size.too_much(100);
  int patience = BatchSize::kFirstPatience;
  for (int round = 0; round < 5; ++round) {
    go_well(size, patience - 1);
    EXPECT_EQ(size.most(), 50U);
    go_well(size, 1);
    EXPECT_EQ(size.most(), 100U);
    size.too_much(100);
    patience *= 2;
  }
  for (int round = 0; round < 50; ++round) size.too_much(size.most());
  for (int i = 0; i < 20 * BatchSize::kMostPatience; ++i) size.went_well(size.most());
  EXPECT_EQ(size.most(), 100U) << "but it is tried";
}

}  // namespace
}  // namespace usher
