// SPDX-License-Identifier: Apache-2.0
// The order of production, which decides what a refused request may change: key, limits, faults,
// then the address, the body and the rules. Only a handler that has checked everything changes the
// directory.
#include "sandbox/sandbox.h"

#include <algorithm>

#include <boost/json.hpp>

#include "sandbox/authenticate.h"
#include "sandbox/control.h"
#include "sandbox/counters.h"
#include "sandbox/desk.h"
#include "sandbox/fault_answers.h"
#include "sandbox/idempotency.h"
#include "sandbox/roles.h"
#include "sandbox/router.h"
#include "sandbox/stub.h"

namespace usher::sandbox {

namespace {

// The body of one request and the memory it is parsed into.
class Body {
 public:
  // The reply is the refusal.
  Checked<const boost::json::object*> parse(std::string_view text) {
    static const boost::json::object kEmpty;
    if (text.empty()) return &kEmpty;
    boost::json::error_code error;
    value_ = boost::json::parse(boost::json::string_view(text.data(), text.size()), error,
                                boost::json::storage_ptr(&memory_));
    if (error) return refuse(coded(400, "invalid_request_body", "Problems parsing JSON"));
    if (!value_.is_object()) {
      return refuse(coded(400, "invalid_request_body", "The body should be a JSON object."));
    }
    return &value_.get_object();
  }

 private:
  unsigned char first_[4096]{};
  boost::json::monotonic_resource memory_{first_, sizeof first_};
  boost::json::value value_ = boost::json::value(boost::json::storage_ptr(&memory_));
};

}  // namespace

struct Sandbox::Impl {
  explicit Impl(Options chosen) : options(std::move(chosen)) {}

  // As if just started. The first request does it, since only then is the time known.
  void begin(WallTime now) {
    faults = options.faults;
    counters = Counters(api().size());
    keys = IdempotencyKeys(options.idempotency_kept);
    desk = std::make_unique<Desk>(options);
    add_default_role(*desk, now);
  }

  net::Reply control(const Call& call) {
    const auto asks = [&](std::string_view method, std::string_view what) {
      return call.request.method == method && call.segments.size() == 2 && call.segments[1] == what;
    };
    if (asks("GET", "state")) return tell_state(*desk, counters, faults);
    if (asks("GET", "dump")) return dump(desk->directory);
    if (asks("GET", "faults")) return tell_faults(faults);
    if (asks("POST", "faults")) return add_faults(faults, call.request.body);
    if (asks("DELETE", "faults")) {
      faults.clear();
      return tell_faults(faults);
    }
    if (asks("POST", "reset")) {
      begin(call.now.wall);
      return tell_state(*desk, counters, faults);
    }
    return no_route();
  }

  [[nodiscard]] bool accepts(std::string_view key) const {
    if (options.api_keys.empty()) return key.starts_with("sk_");
    return std::ranges::find(options.api_keys, key) != options.api_keys.end();
  }

  bool authenticate(Call& call) const {
    constexpr std::string_view kScheme = "Bearer ";
    std::string_view key = call.request.header("Authorization");
    if (key.starts_with(kScheme)) {
      call.key = key.substr(kScheme.size());
      return accepts(call.key);
    }
    if (call.path != kSignInPath) return false;
    Body body;  // signing in carries the key in the body instead
    const auto parsed = body.parse(call.request.body);
    const auto* secret = parsed ? (*parsed)->if_contains("client_secret") : nullptr;
    if (secret == nullptr || !secret->is_string()) return false;
    call.key = std::string_view(secret->get_string());
    return accepts(call.key);
  }

  // `body` is room for the parsed body and lives as long as the call.
  net::Reply serve(Call& call, Body& body) {
    if (!authenticate(call)) return unauthorized();
    const std::string& method = call.request.method;
    if (const auto wait = desk->limiter.refuse(method, call.path, call.key, call.now.steady)) {
      counters.throttled();
      return too_many_requests(*wait, options.retry_after, call.now.wall);
    }
    const FaultPlan::Hit hit = faults.next(method, call.path);
    net::Reply reply;
    if (hit.fault == nullptr) {
      reply = perform(call, body);
    } else if (commits(hit.fault->kind)) {
      reply = spoil(perform(call, body), *hit.fault);
    } else {
      reply = answer_instead(*hit.fault);
    }
    reply.delivery.delay += hit.latency;
    return reply;
  }

  net::Reply perform(Call& call, Body& body) {
    const auto [route, number] = api().find(call);
    if (route == nullptr) return no_route();
    counters.routed(number);
    const auto parsed = body.parse(call.request.body);
    if (!parsed) return parsed.error();
    call.body = *parsed;
    net::Reply reply = carry_out(call, *route);
    call.body = nullptr;  // the text goes with this call
    return reply;
  }

  net::Reply carry_out(Call& call, const Route& route) {
    if (options.stub) return answer_stub(*desk, call);
    const std::string_view key = idempotency_key(call);
    if (!key.empty()) {
      if (auto known = keys.recall(call, key)) return std::move(*known);
    }
    Outcome outcome = route.handler(*desk, call);
    if (!call.reads()) counters.wrote(outcome.has_value());
    net::Reply reply = std::move(outcome ? *outcome : outcome.error());
    if (!key.empty()) keys.remember(call, key, reply);
    return reply;
  }

  // Empty where keys are not honoured.
  [[nodiscard]] std::string_view idempotency_key(const Call& call) const {
    const bool honoured =
        options.idempotency == Idempotency::all ||
        (options.idempotency == Idempotency::organizations_only && call.path == "/organizations");
    if (!honoured || call.request.method != "POST") return {};
    return call.request.header("Idempotency-Key");
  }

  Options options;
  FaultPlan faults;
  Counters counters{0};
  IdempotencyKeys keys{0};
  std::unique_ptr<Desk> desk;
};

Sandbox::Sandbox(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Sandbox::~Sandbox() = default;
Sandbox::Sandbox(Sandbox&&) noexcept = default;
Sandbox& Sandbox::operator=(Sandbox&&) noexcept = default;

net::Reply Sandbox::handle(const net::ServerRequest& request, Now now, std::size_t in_flight) {
  if (impl_->desk == nullptr) impl_->begin(now.wall);
  Call call(request, now);
  Body body;
  net::Reply reply;
  if (!call.segments.empty() && call.segments.front() == kControlFolder) {
    reply = impl_->control(call);
  } else {
    impl_->counters.arrived(now.steady, in_flight);
    reply = impl_->serve(call, body);
    impl_->counters.answered(reply.status);
  }
  reply.headers.emplace_back("X-Request-Id", impl_->desk->ids.uuid());
  return reply;
}

}  // namespace usher::sandbox
