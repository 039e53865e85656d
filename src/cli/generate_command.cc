// SPDX-License-Identifier: Apache-2.0
// usher generate users: made-up people to try an import with. Tested by generate_command_test.cc.
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/made_up_output.h"
#include "source/generate.h"

namespace usher::cli {
namespace {

constexpr std::int64_t kMostRows = 1'000'000'000;

struct Flags {
  std::int64_t rows = 1000;
  std::int64_t seed = 1;
  std::int64_t organizations = 20;
  GenerateOptions generate;
  std::string out = "-";
  bool force = false;
  bool no_metadata = false;
};

Manual manual() {
  return {
      "generate users",
      "made-up people as a CSV, as many rows as you like",
      "The same options make the same file on every machine. All addresses are under "
      "example.com and .test.\n\nusher generate customers makes customers and households as JSON.",
      {{"A thousand people in twenty organizations", "usher generate users --out people.csv"},
       {"A million people without organizations",
        "usher generate users --rows 1000000 --orgs 0 --out million.csv"},
       {"People in two organizations each, one row in fifty broken, with password hashes",
        "usher generate users --orgs-per-person 2 --bad 0.02 --passwords 0.5 --out mixed.csv"}},
      {"0    written", "2    it could not be written (bad option, full disk, ...)"}};
}

void declare(Options& options, Flags& flags) {
  options.number("--rows", "N", "rows to write (default 1000)", 0, kMostRows, flags.rows)
      .text("--out", "FILE", "where to; - is the standard output (default)", flags.out)
      .flag("--force", "replace FILE when it is there", flags.force)
      .number("--seed", "N", "another seed makes other people (default 1)", 0, INT64_MAX,
              flags.seed)
      .heading("Who")
      .number("--orgs,--organizations", "N",
              "different organizations (default 20); 0: no organization columns", 0, 1'000'000,
              flags.organizations)
      .decimal("--orgs-per-person", "X", "on average; people in several have several rows", 1, 10,
               flags.generate.orgs_per_person)
      .decimal("--passwords", "SHARE", "people with a password hash, of every kind in turn", 0, 1,
               flags.generate.passwords)
      .decimal("--unusual", "SHARE", "people with letters beyond ASCII, or text of several lines",
               0, 1, flags.generate.unusual)
      .decimal("--bad", "SHARE", "rows that cannot be imported, of every kind in turn", 0, 1,
               flags.generate.bad)
      .flag("--roles", "with role_slugs", flags.generate.roles)
      .flag("--no-metadata", "without metadata", flags.no_metadata);
}

std::string told(const Flags& flags, const Generated& made) {
  return fmt::format("{}: {} rows ({} of them bad on purpose), {} people, {} memberships, {} bytes",
                     flags.out == "-" ? "standard output" : printable(flags.out),
                     with_commas(made.rows), with_commas(made.bad), with_commas(made.people),
                     with_commas(made.memberships), with_commas(made.bytes));
}

Result<Generated> write_file(const Flags& flags) {
  if (exists(flags.out) && !flags.force) {
    return fail(printable(flags.out) + ": is there already", "add --force to replace it");
  }
  USHER_TRY_ASSIGN(Appender file, Appender::open(flags.out, Appender::Mode::truncate));
  USHER_TRY_ASSIGN(
      const Generated made,
      generate_users(flags.generate, [&](std::string_view piece) { return file.write(piece); }));
  USHER_TRY(file.flush());
  return made;
}

}  // namespace

int generate_command(Arguments arguments, Surroundings& around) {
  if (!arguments.empty() && arguments.front() == "customers") {
    return generate_customers_command(arguments.subspan(1), around);
  }
  Flags flags;
  Options options(manual());
  declare(options, flags);
  if (!arguments.empty() && arguments.front() == "users") {
    arguments = arguments.subspan(1);
  } else if (arguments.empty() || !arguments.front().starts_with('-')) {
    return usage_error(options, around,
                       {"say what: usher generate users, or usher generate customers"});
  }
  if (const auto done = read_options(options, arguments, around)) return *done;
  flags.generate.rows = static_cast<std::uint64_t>(flags.rows);
  flags.generate.seed = static_cast<std::uint64_t>(flags.seed);
  flags.generate.organizations = static_cast<std::uint64_t>(flags.organizations);
  flags.generate.metadata = !flags.no_metadata;
  if (flags.out == "-") {
    return print_made_up(
        options, around, [&](const auto& write) { return generate_users(flags.generate, write); },
        [&](const Generated& made) { return told(flags, made); });
  }
  const auto made = write_file(flags);
  if (!made) return could_not_run(options, around, made.error());
  around.out.line(told(flags, *made));
  return kExitGood;
}

}  // namespace usher::cli
