// SPDX-License-Identifier: Apache-2.0
#include "engine/causes.h"

#include <set>

#include <gtest/gtest.h>

namespace usher {
namespace {

using customers::Cause;

Cause cause(std::string result, std::string message = {}, int status = 201) {
  Cause made;
  made.result = std::move(result);
  made.message = std::move(message);
  made.http_status = status;
  return made;
}

TEST(Causes, SharesThoseThatAreTheSameAndNoOthers) {
  Causes causes;
  const auto first = causes.share(cause("ERROR", "a"));
  EXPECT_EQ(causes.share(cause("ERROR", "a")), first);
  std::set<Causes::Shared> others;
  for (const Cause& other : {cause("ERROR", "b"), cause("ERRORa", ""), cause("ERROR", "a", 200),
                             cause("", "ERROR a"), cause("ERROR")}) {
    const auto shared = causes.share(other);
    EXPECT_EQ(*shared, other);
    EXPECT_NE(shared, first);
    EXPECT_TRUE(others.insert(shared).second);
  }
  EXPECT_EQ(causes.share(cause("ERROR", "a")), first) << "not only the last one";
}

TEST(Causes, LeavesWordsOutOnceThereAreTooMany) {
  Causes causes(10);
  std::set<Causes::Shared> different;
  for (int i = 0; i < 1'000; ++i) {
    const auto shared = causes.share(cause("ERROR", std::to_string(i)));
    EXPECT_EQ(shared->result, "ERROR");
    EXPECT_EQ(shared->message, i < 10 ? std::to_string(i) : "");
    different.insert(shared);
  }
  EXPECT_EQ(different.size(), 11U);
}

TEST(Causes, BoundsItsWords) {
  Causes causes;
  EXPECT_EQ(causes.share(cause("E", std::string(10'000, 'x')))->message.size(),
            Cause::kMostMessage);
}

}  // namespace
}  // namespace usher
