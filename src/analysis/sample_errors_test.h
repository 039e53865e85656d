// SPDX-License-Identifier: Apache-2.0
// For tests: lines of errors files, made by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace usher::analysis {

struct SampleError {
  std::uint64_t record = 1;
  std::string email = "ida@north.example";
  std::string type = "user_create";
  std::string message = "Could not create user.";
  int status = 0;
  std::string code = {};
  std::vector<std::string> inner = {};
  std::optional<bool> retryable = {};
  std::string user_id = {};
  std::string org_id = {};
  std::string org_external_id = {};
  std::string csv_path = {};
  std::vector<std::pair<std::string, std::string>> row = {};  // empty: as the e-mail alone

  [[nodiscard]] std::string line() const {
    std::string text;
    JsonWriter out(text);
    out.open_object();
    if (record != 0) out.field("recordNumber", record);
    out.field("email", email);
    if (!user_id.empty()) out.field("userId", user_id);
    if (!type.empty()) out.field("errorType", type);
    out.field("errorMessage", message);
    if (status != 0) out.field("httpStatus", status);
    if (!code.empty()) out.field("workosCode", code);
    if (!inner.empty()) {
      out.key("workosErrors").open_array();
      for (const std::string& each : inner) out.open_object().field("code", each).close_object();
      out.close_array();
    }
    if (retryable) out.field("retryable", *retryable);
    if (!org_id.empty()) out.field("orgId", org_id);
    if (!org_external_id.empty()) out.field("orgExternalId", org_external_id);
    if (!csv_path.empty()) out.field("csvPath", csv_path);
    out.key("rawRow").open_object();
    if (row.empty()) out.field("email", email);
    for (const auto& [name, cell] : row) out.field(name, cell);
    out.close_object().close_object();
    return text;
  }
};

}  // namespace usher::analysis
