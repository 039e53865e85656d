// SPDX-License-Identifier: Apache-2.0
// The token endpoints of both platforms: password grants (RFC 6749, 4.3), one with the client as
// Basic, one with the client's id in the form; tokens that end. Tested by tokens_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "net/server.h"

namespace usher::sandbox::customers {

struct TokenRules {
  std::string user;  // empty: any, with any password
  std::string password;
  std::string client_id;  // empty: any
  std::string client_secret;
  std::vector<std::string> tokens{};  // never end; none: every one that begins "token_"
  std::chrono::seconds lifetime{3600};
};

enum class Grant { c4r, engage };

class Tokens {
 public:
  Tokens(TokenRules rules, std::uint64_t seed) : rules_(std::move(rules)), random_(seed) {}

  // Answers a POST to the token endpoint.
  [[nodiscard]] net::Reply grant(const net::ServerRequest& request, Grant grant, Instant now);
  // "Bearer ..." of an import request.
  [[nodiscard]] bool accepts(std::string_view authorization, Instant now) const;
  void expire_all() { ends_.clear(); }

  [[nodiscard]] std::uint64_t granted() const { return granted_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  net::Reply refuse(int status, std::string_view error, std::string_view description);

  TokenRules rules_;
  Random random_;
  std::unordered_map<std::string, Instant> ends_;
  std::uint64_t granted_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace usher::sandbox::customers
