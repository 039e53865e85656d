// SPDX-License-Identifier: Apache-2.0
// Whether the files that somebody wants written can be, asked before any work is done: no output
// may be the input, nor two of them the same file, whatever links lead there. A copy may replace
// any file, since scripts run twice; a report, whose name is often left to a default, only one.
// Tested by output_files_test.cc.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace usher {

struct OutputFile {
  std::string option;  // that names it, for the message: "--fixed-csv"
  std::string path;
};

// It is no folder and no link itself, and is in a folder that is there.
[[nodiscard]] Status check_output(const OutputFile& output);

// In its place is nothing, an empty file or a report: of usher or of the existing toolkit.
[[nodiscard]] Status check_report(const OutputFile& output);

[[nodiscard]] Status check_outputs(const std::string& input, std::span<const OutputFile> outputs);

}  // namespace usher
