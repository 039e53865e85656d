// SPDX-License-Identifier: Apache-2.0
// The order of a request: control, token, limits, body, faults, items. The body goes before the
// faults, because a fault may be for large batches only, and because what has come is counted even
// when a fault keeps it from being carried out.
#include "sandbox/customers/customer_api.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "sandbox/call.h"
#include "sandbox/control.h"
#include "sandbox/counters.h"
#include "sandbox/customers/control.h"
#include "sandbox/customers/problem.h"
#include "sandbox/customers/results.h"
#include "sandbox/fault_answers.h"

namespace usher::sandbox::customers {

namespace {

std::uint64_t some_seed() {
  return Hasher(random_hex(Hasher::kKeySize))("").head();
}

std::optional<Grant> grant_of(std::string_view path) {
  if (path.ends_with("/oauth/token")) return Grant::c4r;
  if (path.ends_with("/openid-connect/token")) return Grant::engage;
  return {};
}

std::optional<ItemType> type_of(std::string_view path) {
  if (path.ends_with("/customers")) return ItemType::customers;
  if (path.ends_with("/households")) return ItemType::households;
  return {};
}

// How many of `items` are carried out under the fault, the first ones.
std::size_t carried_out(const Fault* fault, std::size_t items) {
  if (fault == nullptr) return items;
  if (fault->commit >= 0) {
    return static_cast<std::size_t>(std::ceil(fault->commit * static_cast<double>(items)));
  }
  return commits(fault->kind) ? items : 0;
}

net::Reply no_token() {
  net::Reply reply = problem(401, "The token is missing, unknown or has ended.");
  reply.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return reply;
}

}  // namespace

struct CustomerApi::Impl {
  explicit Impl(CustomerOptions chosen) : options(std::move(chosen)) { begin(); }

  void begin() {
    const std::uint64_t seed = options.seed != 0 ? options.seed : some_seed();
    faults = options.faults;
    tally = Tally(options.keep_texts);
    tokens = std::make_unique<Tokens>(options.tokens, seed);
    limiter = std::make_unique<Limiter>(options.limits);
    random = Random(seed + 1);
  }

  net::Reply control(const Call& call) {
    const auto asks = [&](std::string_view method, std::string_view what) {
      return call.request.method == method && call.segments.size() == 2 && call.segments[1] == what;
    };
    if (asks("GET", "state")) return tell_state(tally, *tokens, faults);
    if (asks("GET", "dump")) return dump(tally, call.parameter("texts").value_or("") != "no");
    if (asks("GET", "faults")) return tell_faults(faults);
    if (asks("POST", "faults")) return add_faults(faults, call.request.body, Api::customers);
    if (asks("DELETE", "faults")) {
      faults.clear();
      return tell_faults(faults);
    }
    if (asks("POST", "reset")) {
      begin();
      return tell_state(tally, *tokens, faults);
    }
    return no_route();
  }

  net::Reply serve(const Call& call) {
    if (const auto grant = grant_of(call.path)) return log_in(call, *grant);
    const auto type = type_of(call.path);
    if (!type) return problem(404, "There is nothing at this address.");
    if (call.request.method != "POST") return problem(405, "Items are sent with POST.");
    if (!tokens->accepts(call.request.header("Authorization"), call.now.steady)) {
      ++tally.tokens_refused;
      return no_token();
    }
    if (const auto wait = limiter->refuse("POST", call.path, "", call.now.steady)) {
      tally.requests.throttled();
      return too_many(*wait, call.now.wall);
    }
    if (!call.request.header("GK-Passport").empty()) ++tally.passports;
    auto items = read_items(call.request.body, *type);
    tally.requests.wrote(items.has_value());
    if (!items) return std::move(items.error());
    return import(call, *type, *items);
  }

  net::Reply log_in(const Call& call, Grant grant) {
    if (call.request.method != "POST") return problem(405, "Tokens are asked for with POST.");
    const FaultPlan::Hit hit = faults.next("POST", call.path);
    net::Reply reply;
    if (hit.fault == nullptr || commits(hit.fault->kind)) {
      reply = tokens->grant(call.request, grant, call.now.steady);
    }
    if (hit.fault != nullptr) reply = deliver(std::move(reply), *hit.fault);
    reply.delivery.delay += hit.latency;
    return reply;
  }

  net::Reply import(const Call& call, ItemType type, const std::vector<ImportItem>& items) {
    const FaultPlan::Hit hit = faults.next("POST", call.path, items.size());
    auto results = carry_out(call, type, items, carried_out(hit.fault, items.size()));
    spoil(results, hit.fault, random);
    const bool households = type == ItemType::households;
    net::Reply reply{.status = options.success_status};
    reply.body =
        render(results, {.type = type,
                         .list = households ? std::string_view(options.household_answer) : "data",
                         .household_ids = options.household_ids});
    if (hit.fault != nullptr) reply = deliver(std::move(reply), *hit.fault);
    reply.delivery.delay += hit.latency;
    return reply;
  }

  // The first `many` are carried out, as far as no fault of their own forbids it.
  std::vector<ItemResult> carry_out(const Call& call, ItemType type,
                                    const std::vector<ImportItem>& items, std::size_t many) {
    Registry& registry = tally.of(type);
    std::vector<ItemResult> results;
    results.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const ImportItem& item = items[i];
      const auto nth = registry.receive(item);
      ++tally.received;
      const Fault* fault = faults.next_item(call.path, item.name(), nth);
      ItemResult result{item.change, "FAILED", item.id, item.username, item.email};
      if (i < many && (fault == nullptr || is_carried_out(*fault))) {
        const Carried carried = registry.carry_out(item);
        result.code = carried.code;
        if (carried.record != nullptr) add_known(result, *carried.record);
      }
      if (fault != nullptr && fault->kind == FaultKind::result) result.code = fault->result;
      tally.count(result.code);
      if (fault == nullptr || fault->kind != FaultKind::drop_result) {
        results.push_back(std::move(result));
      }
    }
    return results;
  }

  bool is_carried_out(const Fault& fault) {
    return fault.commit < 0 ? commits(fault.kind) : random.chance(fault.commit);
  }

  static void add_known(ItemResult& result, const Record& record) {
    if (result.id.empty()) result.id = record.id;
    if (result.email.empty()) result.email = record.email;
    if (result.username.empty() && record.username != record.email) {
      result.username = record.username;
    }
  }

  net::Reply deliver(net::Reply reply, const Fault& fault) {
    switch (fault.kind) {
      case FaultKind::expire_tokens:
        tokens->expire_all();
        return no_token();
      case FaultKind::empty_body:
        return {.status = reply.status, .content_type = ""};
      case FaultKind::html_page:
        return html_page(reply.status);
      case FaultKind::throttle:
      case FaultKind::error_json:
      case FaultKind::error_html:
      case FaultKind::reset_before:
      case FaultKind::commit_then_error:
      case FaultKind::gateway_timeout:
      case FaultKind::other_answer:
        return customers::answer_instead(fault);
      default:
        return sandbox::spoil(std::move(reply), fault);
    }
  }

  [[nodiscard]] net::Reply too_many(Duration wait, WallTime now) const {
    net::Reply reply = problem(429, "Too many requests.");
    reply.headers = too_many_requests(wait, options.retry_after, now).headers;
    return reply;
  }

  CustomerOptions options;
  FaultPlan faults;
  Tally tally{true};
  std::unique_ptr<Tokens> tokens;
  std::unique_ptr<Limiter> limiter;
  Random random{0};
};

CustomerApi::CustomerApi(CustomerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
CustomerApi::~CustomerApi() = default;
CustomerApi::CustomerApi(CustomerApi&&) noexcept = default;
CustomerApi& CustomerApi::operator=(CustomerApi&&) noexcept = default;

net::Reply CustomerApi::handle(const net::ServerRequest& request, Now now, std::size_t in_flight) {
  const Call call(request, now);
  if (!call.segments.empty() && call.segments.front() == kControlFolder) {
    return impl_->control(call);
  }
  impl_->tally.requests.arrived(now.steady, in_flight);
  net::Reply reply = impl_->serve(call);
  impl_->tally.requests.answered(reply.status);
  return reply;
}

}  // namespace usher::sandbox::customers
