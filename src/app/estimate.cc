// SPDX-License-Identifier: Apache-2.0
#include "app/estimate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/limits.h"

namespace usher {
namespace {

constexpr double kUsersPerSecond = 20;  // of one worker with kUsualConcurrency
constexpr double kUsualConcurrency = 10;

std::string counted(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", with_commas(count), one, count == 1 ? "" : "s");
}

// "50,000 users + 50,000 memberships"
std::string sum_of(const Work& work, bool organizations) {
  std::string text = counted(work.users, "user");
  if (work.memberships > 0) text += " + " + counted(work.memberships, "membership");
  if (organizations && work.organizations > 0) {
    text += " + " + counted(work.organizations, "organization");
  }
  return text;
}

struct Demand {
  std::uint64_t requests = 0;
  double at_once = 0;
  double per_second = 0;
  std::string words;

  // What does not leave at once leaves at this rate.
  [[nodiscard]] double seconds() const {
    const double rest = static_cast<double>(requests) - at_once;
    return std::max(rest, 0.0) / per_second;
  }
};

Demand of_window(const workos::PublishedWindow& window, std::string_view unit,
                 std::uint64_t requests, std::string sum) {
  const double per_second = window.limit / std::chrono::duration<double>(window.span).count();
  return {requests, static_cast<double>(window.limit), per_second,
          fmt::format("WorkOS allows {:.0f} {} a second: {}", per_second, unit, sum)};
}

Demand hardest(const Work& work, RateLimit rate) {
  const std::uint64_t people = work.users + work.memberships;
  const std::uint64_t all = people + work.organizations + work.new_organizations;
  if (rate.kind == RateLimit::Kind::per_second) {
    const auto per_second = static_cast<double>(rate.per_second);
    return {all, per_second, per_second,
            fmt::format("--rate-limit {}: {}", rate.per_second, sum_of(work, true))};
  }
  const auto& windows = workos::kPublishedWindows;
  Demand writes = of_window(windows[2], "writes", people, sum_of(work, false));
  Demand any = of_window(windows[0], "requests", all, sum_of(work, true));
  return writes.seconds() >= any.seconds() ? std::move(writes) : std::move(any);
}

std::string two_units(std::uint64_t most, std::string_view large, std::uint64_t rest,
                      std::string_view small) {
  std::string text = "~" + counted(most, large);
  if (rest > 0) text += " " + counted(rest, small);
  return text;
}

}  // namespace

std::string about(double seconds) {
  constexpr std::uint64_t kMinute = 60;
  constexpr std::uint64_t kDay = 24;
  constexpr std::uint64_t kManyHours = 48;
  const auto whole = static_cast<std::uint64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole < kMinute) {
    return "~" + counted(std::max<std::uint64_t>(whole, seconds > 0 ? 1 : 0), "second");
  }
  const auto minutes = static_cast<std::uint64_t>(std::llround(seconds / kMinute));
  if (minutes < kMinute) return "~" + counted(minutes, "minute");
  if (minutes < kManyHours * kMinute) {
    return two_units(minutes / kMinute, "hour", minutes % kMinute, "minute");
  }
  const auto hours = static_cast<std::uint64_t>(std::llround(seconds / (kMinute * kMinute)));
  return two_units(hours / kDay, "day", hours % kDay, "hour");
}

Estimate estimate(const Work& work, std::int64_t concurrency, std::int64_t workers,
                  RateLimit rate) {
  Estimate result;
  const double speed = kUsersPerSecond * (static_cast<double>(concurrency) / kUsualConcurrency) *
                       static_cast<double>(workers);
  result.by_formula = static_cast<double>(work.rows) / std::max(speed, 1e-9);
  if (rate.kind == RateLimit::Kind::off) return result;
  Demand demand = hardest(work, rate);
  result.by_limits = demand.seconds();
  if (result.by_limits > result.by_formula) result.limit = std::move(demand.words);
  return result;
}

std::string Estimate::in_words() const {
  return limit.empty() ? about(seconds()) : fmt::format("{} ({})", about(seconds()), limit);
}

}  // namespace usher
