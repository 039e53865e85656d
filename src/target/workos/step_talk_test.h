// SPDX-License-Identifier: Apache-2.0
// A conversation with a step, for tests: what it asks, and its move to each answer.
#pragma once

#include <string>

#include "target/step.h"
#include "target/workos/judge.h"

namespace usher::workos {

inline std::string asked(const Step& step) {
  const net::Request request = step.request();
  std::string text = std::string(net::to_string(request.method)) + " " + request.path;
  if (!request.body.empty()) text += " " + request.body;
  return text;
}

// The move to a real answer, judged as the engine would.
inline Move tell(Step& step, int status, const std::string& body, WallTime now = {}) {
  net::Response response;
  response.status = status;
  response.body = body;
  response.request_id = "req-1";
  const Answer answer = judge(step.request().method, response, now);
  return step.answered(answer);
}

inline std::string page(const std::string& records, const std::string& after = "") {
  return R"({"object":"list","data":[)" + records + R"(],"list_metadata":{"before":null,"after":)" +
         (after.empty() ? "null" : "\"" + after + "\"") + "}}";
}

}  // namespace usher::workos
