// SPDX-License-Identifier: Apache-2.0
#include "app/output_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "analysis/inputs.h"
#include "base/text.h"
#include "source/csv_input.h"

namespace usher {
namespace {

namespace fs = std::filesystem;
using analysis::same_file;

// The first of its names; no other file that people keep begins like this. errors.jsonl does not.
bool is_report(std::string_view text) {
  text = trim(text);
  if (text.empty()) return true;
  if (!text.starts_with('{')) return false;
  text = trim(text.substr(1));
  return text.starts_with("\"summary\"") || text.starts_with("\"timestamp\"");
}

}  // namespace

Status check_output(const OutputFile& output) {
  if (output.path.empty() || output.path == "-") {
    return fail(output.option + " needs the name of a file");
  }
  const std::string named = output.option + " " + printable(output.path);
  std::error_code ignored;
  const auto type = fs::symlink_status(output.path, ignored).type();
  if (type == fs::file_type::regular) return {};
  if (type == fs::file_type::not_found) {
    const fs::path folder = fs::path(output.path).parent_path();
    if (folder.empty() || fs::is_directory(folder, ignored)) return {};
    return fail(named + ": there is no folder " + printable(folder.string()), "create it");
  }
  if (type == fs::file_type::symlink) {
    return fail(named + ": is a link, which is not replaced", "name the file itself");
  }
  return fail(named + (type == fs::file_type::directory ? ": is a folder" : ": is no regular file"),
              "name a file");
}

Status check_report(const OutputFile& output) {
  USHER_TRY(check_output(output));
  std::error_code ignored;
  if (!fs::is_regular_file(output.path, ignored)) return {};
  std::ifstream file(output.path, std::ios::binary);
  std::array<char, 256> begin{};
  file.read(begin.data(), begin.size());
  if (is_report({begin.data(), static_cast<std::size_t>(file.gcount())})) return {};
  return fail(printable(output.path) + ": exists and is not a report, so it is left alone",
              "give " + output.option + " another name, or remove the file");
}

Status check_outputs(const std::string& input, std::span<const OutputFile> outputs) {
  const std::string read = csv::is_standard_input(input) ? "/dev/stdin" : input;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const OutputFile& output = outputs[i];
    if (same_file(output.path, read)) {
      return fail(output.option + " names the input: " + printable(output.path),
                  "give it another name; the input is never changed");
    }
    USHER_TRY(check_output(output));
    for (std::size_t j = 0; j < i; ++j) {
      if (!same_file(output.path, outputs[j].path)) continue;
      return fail(outputs[j].option + " and " + output.option +
                      " name the same file: " + printable(output.path),
                  "give each its own");
    }
  }
  return {};
}

}  // namespace usher
