// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace usher {
namespace {

using std::chrono::floor;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::optional<int> number(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  const auto value = parse_int(text);
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<WallTime> assemble(std::optional<int> year, std::optional<int> month,
                                 std::optional<int> day, std::string_view clock) {
  if (!year || !month || !day || clock.size() != 8 || clock[2] != ':' || clock[5] != ':') {
    return std::nullopt;
  }
  const auto hours = number(clock.substr(0, 2));
  const auto minutes = number(clock.substr(3, 2));
  const auto seconds = number(clock.substr(6, 2));
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || !hours || !minutes || !seconds || *hours > 23 || *minutes > 59 ||
      *seconds > 60) {
    return std::nullopt;
  }
  return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{*hours} +
         std::chrono::minutes{*minutes} + std::chrono::seconds{*seconds};
}

}  // namespace

Now read_clocks() {
  return {floor<Duration>(std::chrono::steady_clock::now()),
          floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

std::string to_iso8601(WallTime time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  if (text.size() < 20 || !text.ends_with('Z') || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ')) {
    return std::nullopt;
  }
  auto time = assemble(number(text.substr(0, 4)), number(text.substr(5, 2)),
                       number(text.substr(8, 2)), text.substr(11, 8));
  std::string_view fraction = text.substr(19, text.size() - 20);
  if (!time || fraction.empty()) return time;
  if (fraction[0] != '.' || fraction.size() == 1) return std::nullopt;
  fraction = fraction.substr(1, 9);
  const auto digits = number(fraction.substr(0, 3));
  if (!digits || !number(fraction)) return std::nullopt;
  int milliseconds = *digits;
  for (std::size_t i = fraction.size(); i < 3; ++i) milliseconds *= 10;
  return *time + std::chrono::milliseconds{milliseconds};
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  // IMF-fixdate only: "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are not sent any
  // more.
  text = trim(text);
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT") || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ') {
    return std::nullopt;
  }
  std::optional<int> month;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == text.substr(8, 3)) month = static_cast<int>(i) + 1;
  }
  return assemble(number(text.substr(12, 4)), month, number(text.substr(5, 2)), text.substr(17, 8));
}

std::string to_http_date(WallTime time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{floor<std::chrono::seconds>(time - day)};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string to_words(Duration span) {
  if (span < std::chrono::seconds{1}) return fmt::format("{} ms", span.count() / 1000);
  if (span < std::chrono::seconds{60}) {
    const auto tenths = span.count() / 100'000;
    return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  const auto total = floor<std::chrono::seconds>(span).count();
  if (total < 3600) return fmt::format("{}m {:02}s", total / 60, total % 60);
  return fmt::format("{}h {:02}m {:02}s", total / 3600, total / 60 % 60, total % 60);
}

}  // namespace usher
