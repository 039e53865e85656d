// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::cli {
namespace {

std::string name_part(std::string_view argument) {
  return std::string(argument.substr(0, argument.find('=')));
}

bool looks_like_option(std::string_view argument) {
  return argument.size() > 1 && argument[0] == '-';
}

}  // namespace

Options& Options::heading(std::string text) {
  heading_ = std::move(text);
  return *this;
}

Options& Options::add(std::string_view names, std::string value, std::string help, bool repeatable,
                      std::function<Status(std::string_view)> take) {
  Option option{heading_, {}, std::move(value), std::move(help), repeatable, std::move(take)};
  for (const auto name : split(names, ',')) option.names.emplace_back(name);
  options_.push_back(std::move(option));
  return *this;
}

Options& Options::flag(std::string_view names, std::string help, bool& target) {
  return add(names, "", std::move(help), false, [&target](std::string_view) -> Status {
    target = true;
    return {};
  });
}

Options& Options::text(std::string_view names, std::string value, std::string help,
                       std::string& target) {
  return once(names, std::move(value), std::move(help),
              [&target](std::string_view given) -> Status {
                // An unset variable of a script must not mean that the option was never given.
                if (trim(given).empty()) return fail("is empty: give a value, or leave it out");
                target = given;
                return {};
              });
}

Options& Options::number(std::string_view names, std::string value, std::string help,
                         std::int64_t least, std::int64_t most, std::int64_t& target) {
  return once(names, std::move(value), std::move(help),
              [&target, least, most](std::string_view given) -> Status {
                const auto parsed = parse_int(given);
                if (!parsed || *parsed < least || *parsed > most) {
                  return fail(fmt::format("must be a whole number from {} to {} (got \"{}\")",
                                          least, most, printable(given, 40)));
                }
                target = *parsed;
                return {};
              });
}

Options& Options::decimal(std::string_view names, std::string value, std::string help, double least,
                          double most, double& target) {
  return once(names, std::move(value), std::move(help),
              [&target, least, most](std::string_view given) -> Status {
                double parsed = 0;
                const auto [end, problem] =
                    std::from_chars(given.data(), given.data() + given.size(), parsed);
                const bool whole = problem == std::errc{} && end == given.data() + given.size();
                if (!whole || !(parsed >= least && parsed <= most)) {  // not a number: refused
                  return fail(fmt::format("must be a number from {} to {} (got \"{}\")", least,
                                          most, printable(given, 40)));
                }
                target = parsed;
                return {};
              });
}

Options& Options::each(std::string_view names, std::string value, std::string help,
                       std::function<Status(std::string_view)> take) {
  return add(names, std::move(value), std::move(help), true, std::move(take));
}

Options& Options::once(std::string_view names, std::string value, std::string help,
                       std::function<Status(std::string_view)> take) {
  return add(names, std::move(value), std::move(help), false, std::move(take));
}

Options& Options::maybe(std::string_view names, std::string value, std::string help,
                        const std::function<Status(std::optional<std::string_view>)>& take) {
  add(names, std::move(value), std::move(help), false,
      [take](std::string_view given) { return take(given); });
  options_.back().take_bare = [take] { return take(std::nullopt); };
  return *this;
}

Options& Options::words(std::string value, std::size_t least, std::size_t most,
                        std::vector<std::string>& target) {
  words_ = {std::move(value), least, most, &target};
  return *this;
}

const Options::Option* Options::find(std::string_view name) const {
  for (const Option& option : options_) {
    if (std::ranges::find(option.names, name) != option.names.end()) return &option;
  }
  return nullptr;
}

// Shapes on which CLI11 would guess: "--csv=" would swallow the next word, "--quiet=no" is a flag.
Status Options::check_shape(std::span<const std::string> arguments) const {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    const auto equals = argument.find('=');
    const Option* option = find(name_part(argument));
    if (option == nullptr || equals == std::string::npos) continue;
    if (option->value.empty()) return fail(name_part(argument) + " takes no value");
    if (equals + 1 == argument.size()) return fail(name_part(argument) + " needs a value");
  }
  return {};
}

Error Options::unexpected_argument(const std::string& argument) const {
  if (!looks_like_option(argument)) {
    return {fmt::format("unexpected argument \"{}\"", printable(argument))};
  }
  const std::string name = name_part(argument);
  std::vector<std::string> known = {"--help"};
  for (const Option& option : options_) {
    known.insert(known.end(), option.names.begin(), option.names.end());
  }
  const std::string meant = nearest(name, known);
  return {fmt::format("unknown option {}{}", printable(name),
                      meant.empty() ? "" : " (did you mean " + meant + "?)")};
}

std::vector<std::string> Options::without_bare(std::span<const std::string> arguments,
                                               std::vector<std::size_t>& bare) const {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") {
      kept.insert(kept.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    const Option* option = find(arguments[i]);
    const bool last = i + 1 == arguments.size();
    if (option != nullptr && option->take_bare && (last || looks_like_option(arguments[i + 1]))) {
      ++bare[static_cast<std::size_t>(option - options_.data())];
      continue;
    }
    kept.push_back(arguments[i]);
    if (option != nullptr && !option->value.empty() && !last) kept.push_back(arguments[++i]);
  }
  return kept;
}

Status Options::take_words(const std::vector<std::string>& extras) const {
  std::vector<std::string> found;
  bool only_words = false;
  for (const std::string& extra : extras) {
    if (extra == "--") {
      only_words = true;
    } else if (found.size() == words_.most || (!only_words && looks_like_option(extra))) {
      return std::unexpected(unexpected_argument(extra));
    } else {
      found.push_back(extra);
    }
  }
  if (found.size() < words_.least)
    return fail(words_.value.substr(0, words_.value.find('.')) + " is missing");
  if (words_.target != nullptr) *words_.target = std::move(found);
  return {};
}

Status Options::take_results(const Option& option, const std::vector<std::string>& results,
                             std::size_t bare) const {
  if (results.size() + bare > 1 && !option.repeatable) {
    return fail(option.names.front() + " is given more than once");
  }
  if (bare > 0) return option.take_bare();
  for (const std::string& result : results) {
    if (!option.value.empty() && (find(name_part(result)) != nullptr)) {
      return fail(
          fmt::format("{} needs a value (it is followed by {})", option.names.front(), result));
    }
    if (const Status taken = option.take(result); !taken) {
      const std::string& name = option.names.front();
      const std::string& what = taken.error().what;  // may name the option itself
      return fail(what.starts_with(name) ? what : fmt::format("{} {}", name, what),
                  taken.error().next);
    }
  }
  return {};
}

Result<Options::Wish> Options::parse(std::span<const std::string> arguments) {
  if (arguments.size() == 1 && arguments[0] == kAskPage) return Wish::page;
  if (arguments.size() == 1 && arguments[0] == kAskPagePart) return Wish::page_part;
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--help" || argument == "-h") return Wish::help;
  }
  USHER_TRY(check_shape(arguments));

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::size_t> bare(options_.size());
  const auto kept = without_bare(arguments, bare);
  std::vector<CLI::Option*> parsed;
  for (const Option& option : options_) {
    const std::string names = fmt::format("{}", fmt::join(option.names, ","));
    if (option.value.empty()) {
      parsed.push_back(app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
    } else {
      parsed.push_back(app.add_option(names)
                           ->type_size(1)
                           ->expected(1)
                           ->allow_extra_args(false)
                           ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
    }
  }
  try {
    app.parse(std::vector<std::string>(kept.rbegin(), kept.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    return fail(name_part(std::string_view(error.what())
                              .substr(0, std::string_view(error.what()).find_first_of(": "))) +
                " needs a value");
  } catch (const CLI::ParseError& error) {
    return fail(error.what());
  }
  // Unknown options first: what is missing may be behind a mistyped name.
  USHER_TRY(take_words(app.remaining()));
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (parsed[i]->count() + bare[i] == 0) continue;
    const auto results = parsed[i]->results();
    USHER_TRY(take_results(options_[i], results, bare[i]));
    const bool has_value = !options_[i].value.empty() && !results.empty();
    given_[options_[i].names.front()] = has_value ? results.back() : "";
  }
  return Wish::run;
}

}  // namespace usher::cli
