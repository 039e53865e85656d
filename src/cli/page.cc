// SPDX-License-Identifier: Apache-2.0
// The words of --help once more, as a page of docs/commands. Pure: `./dev docs` writes the files,
// and a scenario fails when they say something else than the program. Tested by page_test.cc.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/options.h"

namespace usher::cli {
namespace {

std::string section(int level, std::string_view text) {
  return fmt::format("\n{} {}\n\n", std::string(static_cast<std::size_t>(level), '#'), text);
}

// "create users" -> "Create users."
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.empty() || text.ends_with('.') ? text : text + ".";
}

// What Markdown would take for a sign of its own.
std::string escaped(std::string_view text) {
  constexpr std::string_view kSigns = "*<|[]`\\";
  std::string result;
  for (const char c : text) {
    if (kSigns.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

// Prose, in which options stand out: "--csv," -> "`--csv`,".
std::string prose(std::string_view text) {
  constexpr std::string_view kAround = "(),.;:\"'";
  std::string result;
  for (const auto word : split(text, ' ')) {
    if (!result.empty()) result += ' ';
    const auto begin = std::min(word.find_first_not_of(kAround), word.size());
    const auto end = std::max(word.find_last_not_of(kAround) + 1, begin);  // npos + 1 is 0
    const auto middle = word.substr(begin, end - begin);
    if (middle.starts_with("--") && middle.find_first_of("*<|[]`\\") == std::string_view::npos) {
      result += fmt::format("{}`{}`{}", word.substr(0, begin), middle, word.substr(end));
    } else {
      result += escaped(word);
    }
  }
  return result;
}

// In a cell of a table a | ends the cell even inside `code`.
std::string code_in_cell(std::string_view text) {
  std::string result = "`";
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result + "`";
}

std::string paragraphs(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find("\n\n"), text.size());
    result += '\n' + prose(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return result;
}

std::string examples_as_block(const std::vector<Example>& examples) {
  std::string text = "```sh\n";
  for (const Example& example : examples) {
    if (&example != &examples.front()) text += '\n';
    text += fmt::format("# {}\n{}\n", example.says, example.line);
  }
  return text + "```\n";
}

// "130  interrupted" -> | 130 | Interrupted |
std::string exit_code_rows(const std::vector<std::string>& codes) {
  std::string text = "| Code | Meaning |\n|---|---|\n";
  for (const std::string& code : codes) {
    const auto end = std::min(code.find(' '), code.size());
    text += fmt::format("| {} | {} |\n", code.substr(0, end), prose(trim(code.substr(end))));
  }
  return text;
}

}  // namespace

std::string Options::page(int level) const {
  std::string text;
  if (level == 1) text = "<!-- Written by `./dev docs` out of the text of --help. -->\n";
  text += section(level, "usher " + manual_.command);
  text += prose(sentence(manual_.summary)) + '\n';
  if (!manual_.story.empty()) {
    text += fmt::format("How it behaves: [{0}.md](../{0}.md).\n", manual_.story);
  }
  text += fmt::format("\n    usher {}{}{} [options]\n", manual_.command,
                      words_.value.empty() ? "" : " ", words_.value);
  text += paragraphs(manual_.about);
  if (!manual_.parts.empty()) {
    text += section(level + 1, "Commands") + "| Command | What it does |\n|---|---|\n";
  }
  for (const Example& part : manual_.parts) {
    text += fmt::format("| {} | {} |\n",
                        code_in_cell(fmt::format("usher {} {}", manual_.command, part.line)),
                        prose(part.says));
  }
  std::string_view under;
  for (const Option& option : options_) {
    if (option.heading != under) {
      text += section(level + 1, under = option.heading) + "| Option | What it does |\n|---|---|\n";
    }
    std::string names;
    for (const std::string& name : option.names) {
      if (!names.empty()) names += ", ";
      names += code_in_cell(option.value.empty() ? name : name + ' ' + option.value);
    }
    text += fmt::format("| {} | {} |\n", names, prose(option.help));
  }
  if (!manual_.examples.empty()) {
    text += section(level + 1, "Examples") + examples_as_block(manual_.examples);
  }
  if (!manual_.exit_codes.empty()) {
    text += section(level + 1, "Exit codes") + exit_code_rows(manual_.exit_codes);
  }
  return text;
}

}  // namespace usher::cli
