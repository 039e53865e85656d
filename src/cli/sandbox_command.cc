// SPDX-License-Identifier: Apache-2.0
// usher sandbox: a local WorkOS API, or customer API, to try, test and break an import on. Tested
// by sandbox_command_test.cc, sandbox_customers_test.cc and tests/scenarios.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/sandbox_customers.h"

namespace usher::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostFaultFile = 1 << 20;
constexpr std::int64_t kMostDelay = 600'000;  // ms
constexpr std::int64_t kMostPerSecond = 1'000'000;

struct Flags {
  std::int64_t port = 4100;
  sandbox::Options sandbox;
  std::string faults_file;
  std::vector<sandbox::Fault> faults;    // of --latency
  std::vector<std::string> fault_texts;  // of --fault: which there are depends on the API
  std::int64_t seed = 0;
  CustomerSandboxFlags customers;

  [[nodiscard]] sandbox::Api api() const {
    return customers.chosen ? sandbox::Api::customers : sandbox::Api::users;
  }
};

Manual manual() {
  return {
      "sandbox",
      "a local copy of the WorkOS API, or of the customer API, with faults on purpose",
      "Serves users, organizations, memberships, roles, factors and events on 127.0.0.1, in "
      "memory: "
      "everything is gone when it ends. Any key that begins with sk_ is taken, unless --api-key "
      "says which. "
      "GET /_sandbox/state shows what is there; POST /_sandbox/reset empties it.\n\n"
      "With --customers it is the customer import API instead.\n\n"
      "Ends with Ctrl-C.",
      {{"An API to import into", "usher sandbox"},
       {"One that is slow and breaks one create in fifty after storing it",
        "usher sandbox --latency 60-100 --fault commit_then_cut=0.02 --seed 7"},
       {"As many answers a second as it can, nothing stored", "usher sandbox --stub"},
       {"The customer API, which cannot take one customer in a hundred at first",
        "usher sandbox --customers --fault FAILED=0.01"}},
      {"0    ended by Ctrl-C or SIGTERM", "2    it could not run (bad option, port taken, ...)"},
      {},
      "sandbox"};
}

template <class Value>
std::function<Status(std::string_view)> choice(
    std::vector<std::pair<std::string_view, Value>> words, Value& target) {
  return [words = std::move(words), &target](std::string_view text) -> Status {
    std::string known;
    for (const auto& [word, value] : words) {
      if (word == text) {
        target = value;
        return {};
      }
      if (!known.empty()) known += ", ";
      known += word;
    }
    return fail(fmt::format("must be one of {} (got \"{}\")", known, printable(text, 40)));
  };
}

Status take_rate_limit(std::string_view text, sandbox::Limiter::Options& limits) {
  using Rate = sandbox::Limiter::Options::Rate;
  const auto number = parse_int(text);
  if (text == "off") {
    limits.rate = Rate::off;
  } else if (text == "real") {
    limits.rate = Rate::real;
  } else if (number && *number >= 1 && *number <= kMostPerSecond) {
    limits.rate = Rate::flat;
    limits.flat_per_second = static_cast<std::uint32_t>(*number);
  } else {
    return fail(fmt::format("must be real, off, or requests per second from 1 to {} (got \"{}\")",
                            with_commas(kMostPerSecond), printable(text, 40)));
  }
  return {};
}

// "60" or "60-100", in milliseconds.
Status take_latency(std::string_view text, std::vector<sandbox::Fault>& faults) {
  const auto parts = split(text, '-');
  const auto least = parse_int(parts[0]);
  const auto most = parts.size() == 2 ? parse_int(parts[1]) : least;
  if (parts.size() > 2 || !least || !most || *least < 0 || *most < *least || *most > kMostDelay) {
    return fail(fmt::format("must be milliseconds, such as 80 or 60-100 (got \"{}\")",
                            printable(text, 40)));
  }
  sandbox::Fault fault;
  fault.kind = sandbox::FaultKind::latency;
  fault.delay = milliseconds{*least};
  fault.jitter = milliseconds{*most - *least};
  fault.name = "latency";
  faults.push_back(std::move(fault));
  return {};
}

void declare_limits(Options& options, Flags& flags) {
  options.heading("Where")
      .number("--port", "N", "default 4100; 0 picks a free one and prints it", 0, 65535, flags.port)
      .heading("Who may ask")
      .each("--api-key", "KEY",
            "take this key and no other (others: 401); may be given several times, made-up keys "
            "only, since they stand in the list of processes",
            [&flags](std::string_view text) -> Status {
              const auto visible = [](char c) { return c > ' ' && c <= '~'; };
              if (text.empty() || !std::ranges::all_of(text, visible)) {
                return fail("must be visible characters without spaces");
              }
              flags.sandbox.api_keys.emplace_back(text);
              return {};
            })
      .heading("Limits")
      .once("--rate-limit", "real|off|N",
            "real: the published windows (default); N: requests per second; off: none",
            [&flags](std::string_view text) { return take_rate_limit(text, flags.sandbox.limits); })
      .decimal("--scale", "X", "every limit times X (0.1: a tenth)", 0.001, 1000,
               flags.sandbox.limits.scale)
      .once("--window", "fixed|sliding|token-bucket",
            "how the limits are counted (default sliding)",
            choice<sandbox::Window>({{"fixed", sandbox::Window::fixed},
                                     {"sliding", sandbox::Window::sliding},
                                     {"token-bucket", sandbox::Window::token_bucket}},
                                    flags.sandbox.limits.window))
      .once("--retry-after", "seconds|date|absent",
            "form of Retry-After on a 429 (default seconds)",
            choice<sandbox::RetryAfter>({{"seconds", sandbox::RetryAfter::seconds},
                                         {"date", sandbox::RetryAfter::http_date},
                                         {"absent", sandbox::RetryAfter::absent}},
                                        flags.sandbox.retry_after));
}

void declare_faults(Options& options, Flags& flags) {
  options.heading("Faults on purpose")
      .each("--fault", "NAME=PROBABILITY",
            "such as commit_then_cut=0.02; may be given several times (names: docs/sandbox.md)",
            [&flags](std::string_view text) -> Status {
              flags.fault_texts.emplace_back(text);
              return {};
            })
      .text("--faults", "FILE", "faults with all their settings, as JSON (docs/sandbox.md)",
            flags.faults_file)
      .once("--latency", "MS[-MS]", "every answer takes so long",
            [&flags](std::string_view text) { return take_latency(text, flags.faults); })
      .number("--seed", "N",
              "the same ids and the same faults on every start, for the same requests in the same "
              "order",
              1, std::numeric_limits<std::int64_t>::max(), flags.seed);
}

void declare_behaviour(Options& options, sandbox::Options& wish) {
  options.heading("Behaviour")
      .flag("--stub", "answer at full speed and keep nothing; keys, limits and faults still hold",
            wish.stub)
      .flag("--multiple-roles", "several roles in one membership are allowed", wish.multiple_roles)
      .flag("--strict-single-role-array",
            "while they are not, even role_slugs with one entry is refused",
            wish.strict_single_role_array)
      .flag("--domain-unique", "a domain belongs to one organization only", wish.domain_unique)
      .flag("--single-totp", "a second factor of one person is refused", wish.single_totp)
      .flag("--strict-fields", "unknown fields of a request are refused", wish.strict_fields)
      .flag("--lenient-pages", "limits out of range are clamped, unknown cursors ignored",
            wish.lenient_pages)
      .once(
          "--duplicate-membership-status", "400|409|422",
          "the answer to a membership that is there already (default 409)",
          choice<int>({{"400", 400}, {"409", 409}, {"422", 422}}, wish.duplicate_membership_status))
      .once(
          "--idempotency", "all|organizations|off",
          "which requests honour Idempotency-Key (default all)",
          choice<sandbox::Idempotency>({{"all", sandbox::Idempotency::all},
                                        {"organizations", sandbox::Idempotency::organizations_only},
                                        {"off", sandbox::Idempotency::off}},
                                       wish.idempotency))
      .once("--email-case", "lower|preserve", "how e-mail addresses are kept (default lower)",
            choice<sandbox::EmailCase>(
                {{"lower", sandbox::EmailCase::lower}, {"preserve", sandbox::EmailCase::preserve}},
                wish.email_case));
}

// The faults of the file, then those of the flags; --seed wins over the file's seed.
Status assemble_faults(Flags& flags) {
  sandbox::FaultPlan plan;
  if (!flags.faults_file.empty()) {
    USHER_TRY_ASSIGN(const std::string text, read_file(flags.faults_file, kMostFaultFile));
    auto parsed = sandbox::FaultPlan::parse(text, flags.api());
    if (!parsed) return fail(flags.faults_file + ": " + parsed.error().what, parsed.error().next);
    plan = std::move(*parsed);
  }
  if (flags.seed != 0) {
    const auto seed = static_cast<std::uint64_t>(flags.seed);
    plan = sandbox::FaultPlan(plan.faults(), seed);
    flags.sandbox.seed = seed;
  }
  for (sandbox::Fault& fault : flags.faults) plan.add(std::move(fault));
  for (const std::string& text : flags.fault_texts) {
    USHER_TRY_ASSIGN(sandbox::Fault fault, sandbox::parse_fault_flag(text, flags.api()));
    plan.add(std::move(fault));
  }
  flags.sandbox.faults = std::move(plan);
  return {};
}

// The first line is one that scripts wait for; it must not change.
void announce(std::uint16_t port, const Flags& flags, Output& out) {
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  const std::vector<std::string>& keys = flags.sandbox.api_keys;
  const std::string taken = keys.empty()       ? "any sk_..."
                            : keys.size() == 1 ? "the one given"
                                               : fmt::format("one of {}", keys.size());
  out.line(fmt::format("usher sandbox: {}  (key: {})", url, taken));
  const std::vector<std::string> key = {keys.empty() ? "sk_test_1" : keys.front()};
  out.line(
      fmt::format("  import:  WORKOS_SECRET_KEY={} usher import-users --csv users.csv "
                  "--api-url {}",
                  shell_line(key), url));
  if (!flags.sandbox.stub) out.line(fmt::format("  look:    curl {}/_sandbox/state", url));
  out.line("  end:     Ctrl-C");
}

Status serve_customers(Flags& flags, sandbox::Serving& serving, Surroundings& around) {
  auto& options = flags.customers.options;
  options.faults = std::move(flags.sandbox.faults);
  options.seed = flags.sandbox.seed;
  options.limits = flags.sandbox.limits;
  options.retry_after = flags.sandbox.retry_after;
  options.keep_texts = !flags.customers.digests;
  serving.on_ready = [&](std::uint16_t port) {
    announce_customer_sandbox(port, flags.customers, around.out);
  };
  return around.serve_customers(options, serving);
}

}  // namespace

int sandbox_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  flags.sandbox.limits.rate = sandbox::Limiter::Options::Rate::real;
  Options options(manual());
  declare_limits(options, flags);
  declare_faults(options, flags);
  declare_behaviour(options, flags.sandbox);
  declare_customer_sandbox(options, flags.customers);
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (const Status apart = check_apis_apart(options, flags.customers.chosen); !apart) {
    return usage_error(options, around, apart.error());
  }
  using Rate = sandbox::Limiter::Options::Rate;
  if (flags.customers.chosen && !options.given().contains("--rate-limit")) {
    flags.sandbox.limits.rate = Rate::off;
  }
  if (const Status ready = assemble_faults(flags); !ready) {
    return could_not_run(options, around, ready.error());
  }
  if (flags.sandbox.stub) flags.sandbox.limits.rate = Rate::off;
  sandbox::Serving serving;
  serving.port = static_cast<std::uint16_t>(flags.port);
  serving.on_ready = [&](std::uint16_t port) { announce(port, flags, around.out); };
  const Status served = flags.customers.chosen ? serve_customers(flags, serving, around)
                                               : around.serve_sandbox(flags.sandbox, serving);
  if (!served) {
    return could_not_run(options, around, served.error());
  }
  return kExitGood;
}

}  // namespace usher::cli
