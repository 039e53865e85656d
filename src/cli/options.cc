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

Status Options::take_results(const Option& option, const std::vector<std::string>& results) const {
  if (results.size() > 1 && !option.repeatable) {
    return fail(option.names.front() + " is given more than once");
  }
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
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--help" || argument == "-h") return Wish::help;
  }
  USHER_TRY(check_shape(arguments));

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
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
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    return fail(name_part(std::string_view(error.what())
                              .substr(0, std::string_view(error.what()).find_first_of(": "))) +
                " needs a value");
  } catch (const CLI::ParseError& error) {
    return fail(error.what());
  }
  for (const std::string& extra : app.remaining()) {
    if (extra != "--") return std::unexpected(unexpected_argument(extra));
  }
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (parsed[i]->count() > 0) USHER_TRY(take_results(options_[i], parsed[i]->results()));
  }
  return Wish::run;
}

}  // namespace usher::cli
