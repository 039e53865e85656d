// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_folder.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "run/customers/folders.h"
#include "run/customers/overtaken.h"
#include "run/customers/retry_instructions.h"
#include "run/customers/retry_marks.h"
#include "run/customers/stamp.h"

namespace usher::customers {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSeconds = 3'600;  // tried for a name of its own
constexpr int kMostEdits = 100;

std::string sha256_of(std::string_view text) {
  Sha256 sha;
  sha.add(text);
  return sha.hex();
}

bool is_ours(std::string_view name) {
  return is_retry_name(name) || name == kSummaryName || name == kInstructionsName ||
         (name.starts_with("retry_") && name.ends_with(".tmp")) ||
         (name.starts_with(kInstructionsName) && name.ends_with(".tmp"));
}

std::uint64_t count(const std::vector<bool>& bits) {
  return static_cast<std::uint64_t>(std::ranges::count(bits, true));
}

}  // namespace

RetryFolder::RetryFolder(Opened& job, const Inputs& inputs)
    : job_(job), plan_(job.plan), inputs_(inputs), earlier_(is_there()) {}

// The folder that the plan names, unless somebody has put another one in its place.
bool RetryFolder::is_there() const {
  if (plan_.retry_folder.empty() || !exists(plan_.retry_folder)) return false;
  const auto origin = read_retry_folder(plan_.retry_folder);
  if (!origin) return false;
  const std::optional<RetryOrigin>& said = *origin;
  return said && said->job == job_.folder.id();
}

// Beside the folder, hidden: what is not whole yet.
std::string RetryFolder::draft() const {
  const fs::path path(plan_.retry_folder);
  return (path.parent_path() / ("." + path.filename().string() + ".new")).string();
}

// A name that nobody has, in the plan before anything of it is on the disk: what a crash leaves
// half done is found by it. The draft's folder is there afterwards.
Status RetryFolder::choose(WallTime now) {
  for (int second = 0; second < kMostSeconds; ++second) {
    plan_.retry_folder = fmt::format("{}/retry_batches_{}", plan_.out,
                                     local_stamp(now + std::chrono::seconds{second}));
    if (exists(plan_.retry_folder) || exists(draft())) continue;
    USHER_TRY(keep_plan(*job_.store, plan_));
    USHER_TRY_ASSIGN(const bool made, make_folder(draft()));
    if (made) return {};
  }
  return fail(printable(plan_.out) + ": there are too many folders retry_batches_*",
              "remove those that are not needed any more");
}

Status RetryFolder::put(const std::string& folder, std::uint64_t number, int width,
                        const Rest& rest, RetrySummary& summary) {
  const std::string name = retry_name(number, width);
  const std::string path = folder + "/" + name;
  const RetryFile file = describe(rest, inputs_);
  if (const auto there = interim_.find(rest.batch.number); there != interim_.end()) {
    const Interim& known = there->second;
    const std::string old = plan_.retry_folder + "/" + retry_name(known.number, 2);
    if (::link(old.c_str(), path.c_str()) == 0) {
      return summary.add(file, name, {known.sha256.data(), known.sha256.size()});
    }
  }
  const std::string text = retry_text(rest, inputs_.type());
  USHER_TRY(write_new(path, text));
  return summary.add(file, name, sha256_of(text));
}

Status RetryFolder::add(const Rest& rest, RunFacts facts) {
  facts.job = job_.folder.id();
  facts.folder_option = job_.folder.option();
  if (earlier_) return {};  // it holds everything that had not arrived, this batch included
  if (files_ == 0) return appear(rest, facts);
  const std::string text = retry_text(rest, inputs_.type());
  const std::string sha = sha256_of(text);
  Status written = write_whole(plan_.retry_folder + "/" + retry_name(files_ + 1, 2), text);
  if (!written && !exists(plan_.retry_folder)) {  // somebody has taken it away
    interim_.clear();
    files_ = 0;
    return appear(rest, facts);
  }
  USHER_TRY(written);
  Interim& known = interim_[rest.batch.number];
  known.number = ++files_;
  std::ranges::copy(sha, known.sha256.begin());
  return {};
}

Status RetryFolder::appear(const Rest& rest, const RunFacts& facts) {
  const std::string text = retry_text(rest, inputs_.type());
  const std::string sha = sha256_of(text);
  while (true) {
    USHER_TRY(choose(facts.now));
    RetrySummary summary(inputs_.type());
    USHER_TRY(write_new(draft() + "/" + retry_name(1, 2), text));
    USHER_TRY(summary.add(describe(rest, inputs_), retry_name(1, 2), sha));
    USHER_TRY(summary.write(draft(), plan_, facts));
    USHER_TRY(write_new(draft() + "/" + std::string(kInstructionsName),
                        retry_instructions(plan_, facts, plan_.retry_folder,
                                           {1, summary.items(), summary.maybe(), 2})));
    USHER_TRY_ASSIGN(const bool named, rename_new(draft(), plan_.retry_folder));
    if (named) break;
    remove_folder(draft(), "", is_ours);
  }
  files_ = 1;
  Interim& known = interim_[rest.batch.number];
  known.number = 1;
  std::ranges::copy(sha, known.sha256.begin());
  return {};
}

Status RetryFolder::fill(const std::string& draft, const std::vector<bool>& missing,
                         RunFacts& facts, const See& see) {
  const std::uint64_t all = count(missing);
  const int width = retry_width(all);
  RetrySummary summary(inputs_.type());
  CauseCounts causes;
  std::string bytes;
  std::uint64_t files = 0;
  for (std::uint64_t number = 1; number < missing.size(); ++number) {
    if (!missing[number]) continue;
    USHER_TRY_ASSIGN(const Rest rest, read_rest(*job_.store, inputs_, number, bytes));
    for (const ItemState& state : rest.states) causes.add(state);
    USHER_TRY(put(draft, ++files, width, rest, summary));
    USHER_TRY(see(rest));
  }
  facts.causes = causes.sorted();
  for (const RetryOrigin& origin : inputs_.retry_origins()) facts.retry_of.push_back(origin.folder);
  USHER_TRY(summary.write(draft, plan_, facts));
  USHER_TRY(write_new(draft + "/" + std::string(kInstructionsName),
                      retry_instructions(plan_, facts, plan_.retry_folder,
                                         {files, summary.items(), summary.maybe(), width})));
  causes_ = facts.causes;
  files_ = files;
  return {};
}

// What somebody has corrected in the folder as it was left goes along too, under another name: the
// job goes on with its own inputs, and the work may have been a long one.
void RetryFolder::keep_edited(const std::string& old) const {
  for (const std::string& name : edited_files(old)) {
    if (!is_retry_name(name)) continue;
    const std::string path = fmt::format("{}/{}", old, name);
    for (int n = 1; n < kMostEdits; ++n) {
      const std::string kept =
          fmt::format("{}/{}.edited{}", plan_.retry_folder, name, n == 1 ? "" : std::to_string(n));
      const auto named = rename_new(path, kept);
      if (!named || *named) break;
    }
  }
}

Status RetryFolder::swap_in(const std::string& draft) {
  USHER_TRY(sync_folder(draft));
  USHER_TRY_ASSIGN(const bool named, rename_new(draft, plan_.retry_folder));
  if (!named) {
    USHER_TRY(swap_folders(draft, plan_.retry_folder));
    keep_edited(draft);
    remove_folder(draft, plan_.retry_folder, is_ours);  // what somebody else put there goes along
  }
  return sync_name(plan_.retry_folder);
}

Status RetryFolder::finish(RunFacts facts, const See& see) {
  facts.job = job_.folder.id();
  facts.folder_option = job_.folder.option();
  if (!plan_.retry_folder.empty()) {
    remove_folder(draft(), "", is_ours);  // of a process that was killed
  }
  USHER_TRY_ASSIGN(const std::vector<bool> missing, find_missing(*job_.store, inputs_));
  if (count(missing) == 0) {
    files_ = 0;
    if (!is_there()) return {};
    return mark_used(plan_.retry_folder, facts.now, job_.folder.id());
  }
  if (is_there() || (!plan_.retry_folder.empty() && !exists(plan_.retry_folder))) {
    USHER_TRY_ASSIGN(const bool made, make_folder(draft()));
    if (!made)
      return fail(printable(draft()) + ": is in the way", "remove it, then resume the job");
  } else {
    interim_.clear();
    USHER_TRY(choose(facts.now));
  }
  const std::string fresh = draft();
  Status done = fill(fresh, missing, facts, see);
  if (done) done = swap_in(fresh);
  if (!done) remove_folder(fresh, "", is_ours);
  return done;
}

}  // namespace usher::customers
