// SPDX-License-Identifier: Apache-2.0
// What a command understands, declared once: parsing, --help and the pages of docs/commands come
// out of the same list, so they cannot drift apart. A door over CLI11, whose header costs seconds
// to compile and stays in options.cc; every message is ours, one line each. Tested by
// options_test.cc, page_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shell.h"

namespace usher::cli {

struct Example {
  std::string says;
  std::string line;
};

struct Manual {
  std::string command;  // "import-users", as it is typed after "usher"
  std::string summary;  // one line, no full stop
  std::string about;    // paragraphs, separated by blank lines
  std::vector<Example> examples;
  std::vector<std::string> exit_codes;  // "0    all rows succeeded"
  std::vector<Example> parts = {};      // commands under this one: "show ID", what it does
  std::string story = {};               // "jobs": docs/jobs.md tells how it behaves
};

class Options {
 public:
  explicit Options(Manual manual) : manual_(std::move(manual)) {}

  // Options declared from here on stand under this heading in the help.
  Options& heading(std::string text);
  // `names`: "--csv,--user-export"; the first is shown first.
  Options& flag(std::string_view names, std::string help, bool& target);
  // Blank values are refused.
  Options& text(std::string_view names, std::string value, std::string help, std::string& target);
  Options& number(std::string_view names, std::string value, std::string help, std::int64_t least,
                  std::int64_t most, std::int64_t& target);
  Options& decimal(std::string_view names, std::string value, std::string help, double least,
                   double most, double& target);
  // Called once for each use; an error's `what` completes "--name ".
  Options& each(std::string_view names, std::string value, std::string help,
                std::function<Status(std::string_view)> take);
  // Like each(), but a second use is an error.
  Options& once(std::string_view names, std::string value, std::string help,
                std::function<Status(std::string_view)> take);

  // An option whose value may be left out: nothing is taken then.
  Options& maybe(std::string_view names, std::string value, std::string help,
                 const std::function<Status(std::optional<std::string_view>)>& take);
  // Words without an option, at least `least`, at most `most`; `value` stands for them in the help.
  Options& words(std::string value, std::size_t least, std::size_t most,
                 std::vector<std::string>& target);

  enum class Wish { run, help, page, page_part };
  // Errors: unknown options (with the nearest known one), missing, repeated and bad values.
  [[nodiscard]] Result<Wish> parse(std::span<const std::string> arguments);
  // The options that were typed, each by its first name, with its last value.
  [[nodiscard]] const std::map<std::string, std::string>& given() const { return given_; }
  [[nodiscard]] std::string help(int width) const;
  // The same as Markdown; `level` is that of its title: 2 for a part of another page.
  [[nodiscard]] std::string page(int level) const;
  [[nodiscard]] const Manual& manual() const { return manual_; }

 private:
  struct Option {
    std::string heading;
    std::vector<std::string> names;
    std::string value;  // empty: a flag
    std::string help;
    bool repeatable = false;
    std::function<Status(std::string_view)> take;
    std::function<Status()> take_bare = {};  // it was typed without its value
  };
  struct Words {
    std::string value;
    std::size_t least = 0;
    std::size_t most = 0;
    std::vector<std::string>* target = nullptr;
  };
  Options& add(std::string_view names, std::string value, std::string help, bool repeatable,
               std::function<Status(std::string_view)> take);
  [[nodiscard]] const Option* find(std::string_view name) const;
  [[nodiscard]] Status check_shape(std::span<const std::string> arguments) const;
  // The arguments without options whose value was left out; `bare` gets those.
  [[nodiscard]] std::vector<std::string> without_bare(std::span<const std::string> arguments,
                                                      std::vector<std::size_t>& bare) const;
  [[nodiscard]] Status take_results(const Option& option, const std::vector<std::string>& results,
                                    std::size_t bare) const;
  [[nodiscard]] Status take_words(const std::vector<std::string>& extras) const;
  [[nodiscard]] Error unexpected_argument(const std::string& argument) const;

  Manual manual_;
  std::string heading_ = "Options";
  std::vector<Option> options_;
  Words words_;
  std::map<std::string, std::string> given_;
};

// The candidate that was probably meant; empty when none is close.
[[nodiscard]] std::string nearest(std::string_view typed, std::span<const std::string> candidates);

// What `usher help --markdown COMMAND` says to the command, and to each of its parts. For `./dev
// docs`, hence in no help.
inline constexpr std::string_view kAskPage = "--help=markdown";
inline constexpr std::string_view kAskPagePart = "--help=markdown-part";

}  // namespace usher::cli
