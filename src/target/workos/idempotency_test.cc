// SPDX-License-Identifier: Apache-2.0
#include "target/workos/idempotency.h"

#include <gtest/gtest.h>

namespace usher::workos {
namespace {

TEST(Idempotency, OneKeyForOneRequestOfOneRun) {
  const std::string key = idempotency_key("n", "/users", "{}");
  EXPECT_EQ(key, idempotency_key("n", "/users", "{}"));
  EXPECT_NE(key, idempotency_key("m", "/users", "{}"));
  EXPECT_NE(key, idempotency_key("n", "/organizations", "{}"));
  EXPECT_NE(key, idempotency_key("n", "/users", "{ }"));
  EXPECT_LE(key.size(), 64U);
}

}  // namespace
}  // namespace usher::workos
