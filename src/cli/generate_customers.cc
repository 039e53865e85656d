// SPDX-License-Identifier: Apache-2.0
// usher generate customers: made-up customers and households to try an import with. Tested by
// generate_customers_test.cc.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/made_up_output.h"
#include "source/customers/generate.h"

namespace usher::cli {
namespace {

using customers::Generated;
using customers::GenerateOptions;
using customers::ImportType;
using customers::Shape;

constexpr std::int64_t kMostCount = 1'000'000'000;
constexpr std::int64_t kMostFilesMade = 100'000;

struct Flags {
  std::int64_t count = 1000;
  std::int64_t seed = 1;
  std::int64_t files = 0;     // 0: not given
  std::int64_t per_file = 0;  // 0: not given
  GenerateOptions generate;
  std::string out = "-";
  bool force = false;
  [[nodiscard]] bool in_folder() const { return files > 0 || per_file > 0; }
};

Manual manual() {
  return {"generate customers",
          "made-up customers or households as files of items, as many as you like",
          "The same options make the same files on every machine. All addresses are under "
          "example.com. In every item stands what an import must not change: leading zeros, "
          "letters beyond ASCII, escapes, an unknown field.",
          {{"A thousand customers in one file", "usher generate customers --out customers.json"},
           {"The same in 20 files of 50", "usher generate customers --per-file 50 --out customers"},
           {"Households whose members are those customers, one in ten broken",
            "usher generate customers --type households --count 300 --bad 0.1 --out homes.json"}},
          {"0    written", "2    it could not be written (bad option, full disk, ...)"}};
}

Status take_type(std::string_view word, GenerateOptions& options) {
  if (word == "customers" || word == "households") {
    options.type = word == "customers" ? ImportType::customers : ImportType::households;
    return {};
  }
  return fail(fmt::format("must be customers or households (got \"{}\")", printable(word, 40)));
}

Status take_shape(std::string_view word, GenerateOptions& options) {
  constexpr std::array<std::pair<std::string_view, Shape>, 3> kShapes = {
      {{"data", Shape::data}, {"array", Shape::array}, {"export", Shape::customers}}};
  for (const auto& [name, shape] : kShapes) {
    if (word != name) continue;
    options.shape = shape;
    return {};
  }
  return fail(fmt::format("must be data, array or export (got \"{}\")", printable(word, 40)));
}

void declare(Options& options, Flags& flags) {
  options.number("--count", "N", "items to write (default 1000)", 0, kMostCount, flags.count)
      .text("--out", "PATH",
            "a file, or a folder when there are several; - is the standard output "
            "(default)",
            flags.out)
      .flag("--force", "replace files that are there", flags.force)
      .number("--per-file", "N", "so many items in each file of a folder", 1, kMostCount,
              flags.per_file)
      .number("--files", "N", "the items parted into so many files of a folder", 1, kMostFilesMade,
              flags.files)
      .number("--seed", "N", "another seed makes other people (default 1)", 0, INT64_MAX,
              flags.seed)
      .heading("What")
      .once("--type", "customers|households", "what to make (default customers)",
            [&flags](std::string_view word) { return take_type(word, flags.generate); })
      .once("--shape", "data|array|export",
            "how a file holds them: under \"data\" (or \"households\"), as a bare list, or under "
            "\"customers\" as an export does (default data)",
            [&flags](std::string_view word) { return take_shape(word, flags.generate); })
      .decimal("--bad", "SHARE", "items that the check turns down, of every kind in turn", 0, 1,
               flags.generate.bad);
}

std::string told(const Flags& flags, const Generated& made) {
  const std::string_view what =
      flags.generate.type == ImportType::customers ? "customers" : "households";
  return fmt::format("{}: {} {} ({} of them bad on purpose) in {} file{}, {} bytes",
                     flags.out == "-" ? "standard output" : printable(flags.out),
                     with_commas(made.items), what, with_commas(made.bad), with_commas(made.files),
                     made.files == 1 ? "" : "s", with_commas(made.bytes));
}

// customers_50_batch_01.json: as wide as the last one needs, so that names sort as numbers do.
std::string name_of(const Flags& flags, std::uint64_t number, std::uint64_t files) {
  const std::size_t width = std::max<std::size_t>(2, std::to_string(files).size());
  return fmt::format("{}/{}_{}_batch_{:0{}}.json", flags.out,
                     flags.generate.type == ImportType::customers ? "customers" : "households",
                     flags.generate.per_file, number, width);
}

class FileWriter {
 public:
  FileWriter(const Flags& flags, std::uint64_t files) : flags_(flags), files_(files) {}

  Status next(std::uint64_t number) {
    USHER_TRY(finish());
    const std::string path =
        flags_.in_folder() ? name_of(flags_, number, files_) : std::string(flags_.out);
    if (exists(path) && !flags_.force) {
      return fail(printable(path) + ": is there already", "add --force to replace it");
    }
    USHER_TRY_ASSIGN(file_, Appender::open(path, Appender::Mode::truncate));
    return {};
  }
  Status write(std::string_view piece) { return file_ ? file_->write(piece) : Status{}; }
  Status finish() { return file_ ? file_->flush() : Status{}; }

 private:
  const Flags& flags_;
  std::uint64_t files_;
  std::optional<Appender> file_;
};

Result<Generated> write_files(const Flags& flags) {
  const auto count = static_cast<std::uint64_t>(flags.count);
  const std::uint64_t per_file = flags.generate.per_file;
  const std::uint64_t files =
      per_file == 0 ? 1 : std::max<std::uint64_t>(1, (count + per_file - 1) / per_file);
  if (files > static_cast<std::uint64_t>(kMostFilesMade)) {
    return fail(fmt::format("these would be {} files, more than {}", with_commas(files),
                            with_commas(static_cast<std::uint64_t>(kMostFilesMade))),
                "put more items into each: --per-file");
  }
  if (flags.in_folder() && ::mkdir(flags.out.c_str(), 0700) != 0 && errno != EEXIST) {
    return std::unexpected(creation_error("cannot create", flags.out, errno));
  }
  FileWriter writer(flags, files);
  USHER_TRY_ASSIGN(const Generated made,
                   customers::generate(
                       flags.generate, [&](std::uint64_t number) { return writer.next(number); },
                       [&](std::string_view piece) { return writer.write(piece); }));
  USHER_TRY(writer.finish());
  return made;
}

// Nothing: all is well.
std::optional<Error> settle(Flags& flags) {
  if (flags.files > 0 && flags.per_file > 0) {
    return Error{"--files and --per-file both say how many files there are", "give one of them"};
  }
  if (flags.in_folder() && flags.out == "-") {
    return Error{"several files need a folder", "name one with --out"};
  }
  if (flags.generate.type == ImportType::households && flags.generate.shape == Shape::customers) {
    return Error{"--shape export is of customers", "leave it out"};
  }
  flags.generate.count = static_cast<std::uint64_t>(flags.count);
  flags.generate.seed = static_cast<std::uint64_t>(flags.seed);
  flags.generate.per_file = static_cast<std::uint64_t>(flags.per_file);
  if (flags.files > 0) {
    const auto files = static_cast<std::uint64_t>(flags.files);
    flags.generate.per_file =
        std::max<std::uint64_t>(1, (flags.generate.count + files - 1) / files);
  }
  return std::nullopt;
}

}  // namespace

int generate_customers_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  Options options(manual());
  declare(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (const auto problem = settle(flags)) return usage_error(options, around, *problem);
  if (flags.out == "-") {
    return print_made_up(
        options, around,
        [&](const auto& write) {
          return customers::generate(flags.generate, [](std::uint64_t) { return Status(); }, write);
        },
        [&](const Generated& made) { return told(flags, made); });
  }
  const auto made = write_files(flags);
  if (!made) return could_not_run(options, around, made.error());
  around.out.line(told(flags, *made));
  return kExitGood;
}

}  // namespace usher::cli
