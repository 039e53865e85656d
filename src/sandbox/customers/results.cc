// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/results.h"

#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace usher::sandbox::customers {

void spoil(std::vector<ItemResult>& results, const Fault* fault, Random& random) {
  if (fault == nullptr) return;
  switch (fault->kind) {
    case FaultKind::shuffle_results:
      for (std::size_t i = results.size(); i > 1; --i) {
        std::swap(results[i - 1], results[random.below(i)]);
      }
      break;
    case FaultKind::no_ids:
      for (ItemResult& result : results) {
        result.id.clear();
        result.username.clear();
        result.email.clear();
      }
      break;
    case FaultKind::lower_case:
      for (ItemResult& result : results) result.code = lower_ascii(result.code);
      break;
    case FaultKind::extra_result:
      results.insert(results.begin(), {"CREATE", "SUCCESS", "nobody-who-was-sent", "", ""});
      break;
    default:
      break;
  }
}

std::string render(const std::vector<ItemResult>& results, const ResultShape& shape) {
  std::string body;
  body.reserve(32 + results.size() * 160);
  JsonWriter out(body);
  out.open_object().key(shape.list).open_array();
  const auto known = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out.field(name, text);
  };
  for (const ItemResult& result : results) {
    out.open_object().field("changeType", result.change);
    known("result", result.code);
    if (shape.type == ItemType::customers) {
      known("customerId", result.id);
      known("username", result.username);
      known("email", result.email);
    } else if (shape.household_ids) {
      known("householdId", result.id);
    }
    out.close_object();
  }
  out.close_array().close_object();
  return body;
}

}  // namespace usher::sandbox::customers
