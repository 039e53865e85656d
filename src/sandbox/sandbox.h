// SPDX-License-Identifier: Apache-2.0
// A faithful local copy of the WorkOS API: users, organizations, memberships, roles, factors,
// events, with production's uniqueness, limits and error bodies, so that an import can be tried,
// tested and broken on purpose without an account. handle() is pure: no socket, no clock. serve()
// puts it on a port. What is like production and what is assumed: docs/sandbox.md. Tested by
// sandbox_test.cc and the
// *_test.cc of each resource.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/server.h"
#include "sandbox/faults.h"
#include "sandbox/limiter.h"

namespace usher::sandbox {

enum class EmailCase { lower, preserve };
enum class Idempotency { all, organizations_only, off };
enum class RetryAfter { seconds, http_date, absent };

struct Options {
  std::vector<std::string>
      api_keys{};  // keys of one environment; empty: any bearer that begins "sk_"
  Limiter::Options limits{};
  RetryAfter retry_after = RetryAfter::seconds;  // on the limiter's own 429
  FaultPlan faults{};
  std::uint64_t seed = 0;  // of ids; 0: different on every start

  bool stub = false;  // answers 200/201 at full speed, stores nothing

  EmailCase email_case = EmailCase::lower;
  Idempotency idempotency = Idempotency::all;
  bool multiple_roles = false;            // the environment's setting
  bool strict_single_role_array = false;  // role_slugs of one entry is refused while it is off
  int duplicate_membership_status = 409;
  bool domain_unique = false;  // a domain belongs to one organization
  bool single_totp = false;    // a second factor is answered 409
  bool lenient_pages = false;  // limits clamped, unknown cursors ignored
  bool strict_fields = false;  // unknown fields of a body are answered 422
  std::size_t metadata_max_pairs = 50;

  std::size_t events_kept = 100'000;       // older ones are forgotten
  std::size_t idempotency_kept = 200'000;  // likewise, beside the 24 hours
};

class Sandbox {
 public:
  explicit Sandbox(Options options);
  ~Sandbox();
  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;

  // `in_flight`: requests being answered at this moment, this one included; for the counters only.
  [[nodiscard]] net::Reply handle(const net::ServerRequest& request, Now now,
                                  std::size_t in_flight = 1);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct Serving {
  std::string address = "127.0.0.1";
  std::uint16_t port = 4100;                      // 0: the system picks one
  std::function<void(std::uint16_t)> on_ready{};  // once it listens, with the port
  bool stop_on_signals = true;                    // SIGINT and SIGTERM end serve() in order
};
// Serves until stopped. Fails when it cannot listen.
[[nodiscard]] Status serve(Options options, const Serving& serving);

}  // namespace usher::sandbox
