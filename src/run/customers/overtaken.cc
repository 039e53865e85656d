// SPDX-License-Identifier: Apache-2.0
#include "run/customers/overtaken.h"

#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "run/customers/opening.h"
#include "run/customers/retry_summary.h"

namespace usher::customers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRetryFile = std::size_t{1} << 30;

std::optional<fs::file_time_type> changed_at(const std::string& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  return error ? std::nullopt : std::optional(time);
}

bool is_as_written(const std::string& path, const std::string& sha256) {
  const auto text = read_file(path, kMostRetryFile);
  if (!text) return false;
  Sha256 sha;
  sha.add(*text);
  return sha.hex() == sha256;
}

}  // namespace

std::vector<std::string> edited_files(const std::string& folder) {
  std::vector<std::string> edited;
  const auto origin = read_retry_folder(folder);
  const auto written = changed_at(folder + "/" + std::string(kSummaryName));
  if (!origin || !written) return edited;
  const std::optional<RetryOrigin>& said = *origin;
  if (!said) return edited;
  for (const RetryOrigin::File& file : said->files) {
    const std::string path = folder + "/" + file.name;
    const auto changed = changed_at(path);
    if (!changed || *changed <= *written || is_as_written(path, file.sha256)) continue;
    edited.push_back(file.name);
  }
  return edited;
}

Status refuse_overtaken(const Plan& plan, std::string_view job) {
  if (plan.retry_folder.empty()) return {};
  const auto read = read_retry_folder(plan.retry_folder);
  if (!read) return {};  // it is made anew
  const std::optional<RetryOrigin>& origin = *read;
  if (!origin || origin->job != job) return {};
  const std::string folder = printable(plan.retry_folder, 400);
  if (!origin->used.empty() && !origin->used.ends_with(fmt::format("the job {}", job))) {
    return fail(fmt::format("the retry files of the job {} have been imported: everything in {} "
                            "has arrived, {}",
                            job, folder, printable(origin->used)),
                "nothing is left to do");
  }
  if (!origin->superseded_by.empty()) {
    return fail(
        fmt::format("the retry files of the job {} have been imported, so that the job "
                    "does not know any more who has arrived",
                    job),
        fmt::format("what was left then is in {0}: {1}", printable(origin->superseded_by, 400),
                    retry_line(plan, origin->superseded_by)));
  }
  const auto edited = edited_files(plan.retry_folder);
  if (edited.empty()) return {};
  return fail(
      fmt::format("{}/{} was corrected{}, and to go on with the job would send what stood "
                  "there before",
                  folder, printable(edited.front()),
                  edited.size() == 1 ? "" : fmt::format(" (and {} more)", edited.size() - 1)),
      fmt::format("import what you have corrected: {} (or move the folder away, if the "
                  "corrections do not count)",
                  retry_line(plan, plan.retry_folder)));
}

}  // namespace usher::customers
