// SPDX-License-Identifier: Apache-2.0
#include "net/client_headers.h"

#include <algorithm>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::net {
namespace {

// Two beginnings, with a body and without, and one end.
std::vector<curl_slist> chain(std::string& agent, std::string& key, bool with_key) {
  static std::string json = "Content-Type: application/json";
  static std::string no_content = "Content-Type:";
  static std::string accept = "Accept: application/json";
  static std::string no_expect = "Expect:";
  std::vector<curl_slist> nodes;
  for (std::string* line : {&json, &no_content, &accept, &no_expect, &agent, &key}) {
    if (line->empty() || (line == &key && !with_key)) continue;
    nodes.push_back({line->data(), nullptr});
  }
  for (std::size_t i = 1; i + 1 < nodes.size(); ++i) nodes[i].next = &nodes[i + 1];
  nodes[0].next = &nodes[2];
  return nodes;
}

}  // namespace

FixedHeaders::FixedHeaders(const Client::Options& options)
    : agent_(options.user_agent.empty() ? "" : "User-Agent: " + options.user_agent),
      key_(options.bearer.empty()
               ? ""
               : fmt::format("Authorization: Bearer {}", options.bearer.reveal())),
      with_key_(chain(agent_, key_, true)),
      without_key_(chain(agent_, key_, false)) {}

curl_slist* FixedHeaders::list(Content content, bool with_key) {
  auto& nodes = with_key ? with_key_ : without_key_;
  return &nodes[static_cast<std::size_t>(content)];
}

void OwnHeaders::add(std::string_view name, std::string_view value) {
  if (used_ == lines_.size()) lines_.emplace_back();
  std::string& line = lines_[used_++];
  line.assign(name).append(": ").append(value);
}

curl_slist* OwnHeaders::list(const Request& request, FixedHeaders& fixed) {
  used_ = 0;
  const bool typed = !request.body.empty() && !request.content_type.empty();
  if (!request.idempotency_key.empty()) add("Idempotency-Key", request.idempotency_key);
  if (typed) add("Content-Type", request.content_type);
  bool with_key = request.url.empty();
  for (const Header& header : request.headers) {
    if (equal_ignoring_case(header.name, "Authorization")) with_key = false;
    add(header.name, header.value.reveal());
  }
  using Content = FixedHeaders::Content;
  const Content content = request.body.empty() ? Content::none
                          : typed              ? Content::told
                                               : Content::json;
  curl_slist* rest = fixed.list(content, with_key);
  nodes_.resize(used_);
  for (std::size_t i = used_; i-- > 0;) {
    nodes_[i] = {lines_[i].data(), rest};
    rest = &nodes_[i];
  }
  return rest;
}

}  // namespace usher::net
