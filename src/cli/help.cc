// SPDX-License-Identifier: Apache-2.0
// The words of --help, laid out for a terminal of any width, and what helps beside them: the
// nearest name to a mistyped one, and lines that can be pasted into a shell.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/options.h"
#include "cli/wrapped.h"

namespace usher::cli {
namespace {

constexpr std::size_t kIndent = 28;     // where the explanation of an option begins
constexpr std::size_t kCodeIndent = 7;  // "  130  "
constexpr std::size_t kLeastWidth = 48;
constexpr std::size_t kMostWidth = 92;

std::string section(std::string_view heading) {
  return fmt::format("\n{}:\n", heading);
}

// Distance with swaps of neighbours (optimal string alignment): what fingers do.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

}  // namespace

std::string Options::help(int terminal_width) const {
  const std::size_t width =
      std::clamp(static_cast<std::size_t>(std::max(terminal_width, 1)), kLeastWidth, kMostWidth);
  std::string text =
      fmt::format("usher {}: {}\n\nUsage: usher {}{}{} [options]\n", manual_.command,
                  manual_.summary, manual_.command, words_.value.empty() ? "" : " ", words_.value);
  std::string_view about = manual_.about;
  while (!about.empty()) {
    const auto end = std::min(about.find("\n\n"), about.size());
    text += '\n' + wrapped(about.substr(0, end), 0, width) + '\n';
    about.remove_prefix(std::min(end + 2, about.size()));
  }
  if (!manual_.parts.empty()) text += section("Commands");
  for (const Example& part : manual_.parts) {
    const std::string line = fmt::format("  usher {} {}", manual_.command, part.line);
    text += line + std::string(kIndent - std::min(kIndent - 2, utf8_length(line)), ' ');
    text += wrapped(part.says, kIndent, width) + '\n';
  }
  std::string_view heading;
  for (const Option& option : options_) {
    if (option.heading != heading) text += section(heading = option.heading);
    std::string names = fmt::format("  {}", fmt::join(option.names, ", "));
    if (!option.value.empty()) names += ' ' + option.value;
    if (utf8_length(names) + 2 > kIndent) {
      text += names + '\n' + std::string(kIndent, ' ');
    } else {
      text += names + std::string(kIndent - utf8_length(names), ' ');
    }
    text += wrapped(option.help, kIndent, width) + '\n';
  }
  if (!manual_.examples.empty()) text += section("Examples");
  for (const Example& example : manual_.examples) {
    text += fmt::format("  # {}\n  {}\n", example.says, example.line);
  }
  if (!manual_.exit_codes.empty()) text += section("Exit codes");
  for (const std::string& code : manual_.exit_codes) {
    text += "  " + wrapped(code, kCodeIndent, width) + '\n';
  }
  return text;
}

std::string nearest(std::string_view typed, std::span<const std::string> candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes more; bounds the work
  if (typed.size() > kLongest) return {};
  const std::string* best = nullptr;
  std::size_t least = std::min<std::size_t>(3, typed.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t now = distance(typed, candidate);
    if (now < least) {
      least = now;
      best = &candidate;
    }
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace usher::cli
