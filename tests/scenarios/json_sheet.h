// SPDX-License-Identifier: Apache-2.0
// A JSON document that a program printed, asked by names between dots: "rows.created",
// "runs.2.workers".
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace usher::scenarios {

class JsonSheet {
 public:
  JsonSheet() = default;
  explicit JsonSheet(std::string json) : json_(std::move(json)) {}

  // What is not there fails the test.
  [[nodiscard]] std::int64_t number(const std::string& pointer) const;
  [[nodiscard]] std::string text(const std::string& pointer) const;

 private:
  std::string json_;
};

}  // namespace usher::scenarios
