// SPDX-License-Identifier: Apache-2.0
#include "cli/dotenv.h"

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace usher::cli {
namespace {

constexpr std::size_t kMostProblems = 20;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}
bool begins_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool continues_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  Dotenv parse() {
    while (at_ < text_.size()) {
      if (const auto problem = entry(); !problem.empty()) report(problem);
      skip_line();
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  void skip_blanks() {
    while (more() && is_blank(text_[at_])) ++at_;
  }

  void skip_line() {
    while (more() && !is_line_end(text_[at_])) ++at_;
    if (more() && text_[at_] == '\r') ++at_;
    if (more() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  void report(std::string_view problem) {
    if (result_.problems.size() >= kMostProblems) return;
    result_.problems.push_back(fmt::format("line {}: {}", began_, problem));
  }

  // One line (a quoted value may span several); what is wrong with it, or nothing.
  std::string_view entry() {
    began_ = line_;
    skip_blanks();
    if (!more() || is_line_end(text_[at_]) || text_[at_] == '#') return {};
    std::string_view name = take_name();
    if (name == "export" && more() && is_blank(text_[at_])) {
      skip_blanks();
      name = take_name();
    }
    skip_blanks();
    if (name.empty()) return "a name must begin with a letter or _";
    if (!more() || text_[at_] != '=') return "no = after the name";
    ++at_;
    skip_blanks();
    if (more() && (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`')) {
      return quoted(name);
    }
    plain(name);
    return {};
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    if (more() && begins_name(text_[at_])) {
      while (more() && continues_name(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  void keep(std::string_view name, std::string value) {
    result_.values.insert_or_assign(std::string(name), Secret(std::move(value)));
  }

  // Up to the end of the line, or to a # that follows a blank.
  void plain(std::string_view name) {
    const std::size_t begin = at_;
    while (more() && !is_line_end(text_[at_])) {
      if (text_[at_] == '#' && (at_ == begin || is_blank(text_[at_ - 1]))) break;
      ++at_;
    }
    keep(name, std::string(trim(text_.substr(begin, at_ - begin))));
  }

  std::string_view quoted(std::string_view name) {
    const char quote = text_[at_++];
    const std::size_t begin = at_;
    const std::uint64_t begin_line = line_;
    std::string value;
    while (more() && text_[at_] != quote) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        append_escaped(value, text_[++at_]);
      } else {
        if (text_[at_] == '\n') ++line_;
        value += text_[at_];
      }
      ++at_;
    }
    if (!more()) {  // the quote was an accident of this one line: go on with the next
      at_ = begin;
      line_ = begin_line;
      return "no closing quote";
    }
    ++at_;
    skip_blanks();
    if (more() && !is_line_end(text_[at_]) && text_[at_] != '#') {
      return "text after the closing quote";
    }
    keep(name, std::move(value));
    return {};
  }

  void append_escaped(std::string& value, char c) {
    if (c == '\n') ++line_;
    switch (c) {
      case 'n':
        value += '\n';
        return;
      case 'r':
        value += '\r';
        return;
      case 't':
        value += '\t';
        return;
      case '"':
      case '\\':
      case '$':
        value += c;
        return;
      default:
        value += '\\';
        value += c;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t began_ = 1;
  Dotenv result_;
};

}  // namespace

Dotenv Dotenv::parse(std::string_view text) {
  return Parser(text).parse();
}

Result<Dotenv> Dotenv::read(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status)) return Dotenv{};
  if (std::filesystem::is_directory(status)) {
    Dotenv none;
    none.folder = true;
    return none;
  }
  USHER_TRY_ASSIGN(const std::string text, read_file(path, kMostBytes));
  return parse(text);
}

}  // namespace usher::cli
