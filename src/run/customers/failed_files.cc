// SPDX-License-Identifier: Apache-2.0
#include "run/customers/failed_files.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "run/customers/causes.h"
#include "run/customers/folders.h"
#include "run/customers/job.h"
#include "run/customers/masked.h"
#include "run/customers/stamp.h"
#include "target/customers/identity.h"

namespace usher::customers {
namespace {

constexpr int kMostSeconds = 3'600;
constexpr std::size_t kHead = 4'096;  // of a file, to tell whose it is

void remove_tree(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::string head_of(const std::string& path) {
  std::string head(kHead, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

}  // namespace

FailedFiles::FailedFiles(const Plan& plan, const Inputs& inputs, std::string job, WallTime now)
    : plan_(plan),
      inputs_(inputs),
      job_(std::move(job)),
      now_(now),
      timestamp_(local_iso8601(now)),
      folder_(fmt::format("{}/failed_{}", plan.out, many_of(inputs.type()))),
      list_draft_(fmt::format("{}/.failed_{}.{}.new", folder_, many_of(inputs.type()), job_)),
      singles_draft_(fmt::format("{}/.single_failures.{}.new", folder_, job_)) {}

FailedFiles::~FailedFiles() {
  if (list_ || singles_) remove_drafts();
}

// Their names are the job's, so that those of a process that was killed are found again.
void FailedFiles::remove_drafts() const {
  ::unlink(list_draft_.c_str());
  remove_tree(singles_draft_);
}

std::string FailedFiles::name(std::string_view ending) const {
  return fmt::format("{}/failed_{}{}", folder_, many_of(inputs_.type()), ending);
}

std::string FailedFiles::path() const {
  return records_ == 0 ? std::string() : name(".json");
}

Status FailedFiles::begin() {
  USHER_TRY(make_folder(folder_));
  remove_drafts();
  USHER_TRY_ASSIGN(Appender list, Appender::open(list_draft_, Appender::Mode::truncate));
  list_ = std::make_unique<Appender>(std::move(list));
  USHER_TRY(make_folder(singles_draft_));
  singles_ = std::make_unique<SingleFailures>(singles_draft_, folder_ + "/single_failures",
                                              inputs_.type(), now_);
  return {};
}

Status FailedFiles::add(const Rest& rest) {
  for (std::size_t i = 0; i < rest.states.size(); ++i) {
    const Outcome outcome = counted_as(rest.states[i]);
    if (has_arrived(outcome) || outcome == Outcome::pending) continue;
    if (!list_) USHER_TRY(begin());
    const Identity who = parse_identity(rest.items[i].json, inputs_.type());
    USHER_TRY(write_record(rest, i, who));
    USHER_TRY(singles_->add(rest.items[i], who, rest.states[i], words_.of(rest.states[i])));
    ++records_;
  }
  return {};
}

Status FailedFiles::write_record(const Rest& rest, std::size_t index, const Identity& who) {
  const ItemState& state = rest.states[index];
  const Item& item = rest.items[index];
  const std::string& source = inputs_.files().at(item.file).path;
  const int status = state.cause != nullptr ? state.cause->http_status : 0;
  std::string text = records_ == 0 ? "[\n" : ",\n";
  JsonWriter out(text);
  out.open_object().field("job", job_);
  if (inputs_.type() == ImportType::customers) {
    out.field("customerId", who.id).field("username", who.username);
  } else {
    out.field("householdId", who.id);
  }
  out.field("result", label_of(state)).field("error", words_.of(state));
  out.field("timestamp", timestamp_);
  out.field("batchInfo", fmt::format("batch {} of {}, item {} of {}", rest.batch.number,
                                     inputs_.batches(), index + 1, rest.batch.size));
  out.field("batch_id", rest.batch.number).field("source_file", source);
  out.field("item", item.in_file).field("line", item.line).key("http_status");
  if (status == 0) {
    out.null();
  } else {
    out.value(status);
  }
  out.key("originalData");
  if (records_ < kMostOriginals) {
    out.json(masked(item.json));
  } else {
    out.null();
  }
  out.close_object();
  return list_->write(text);
}

// Every record begins with its job, and so does the README, nearly.
bool FailedFiles::is_of_this_job(const std::string& path) const {
  const std::string head = head_of(path);
  std::string field;
  JsonWriter(field).field("job", job_);
  return head.contains(field) || head.contains(fmt::format("\nJob: {}\n", job_));
}

// What another job has left gets a name with the time at which it was written.
Status FailedFiles::set_aside(const std::string& path, const std::string& stem,
                              const std::string& ending) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return {};
  const WallTime written{std::chrono::seconds{info.st_mtim.tv_sec}};
  for (int second = 0; second < kMostSeconds; ++second) {
    const std::string stamp = local_stamp(written + std::chrono::seconds{second});
    USHER_TRY_ASSIGN(const bool named,
                     rename_new(path, fmt::format("{}_{}{}", stem, stamp, ending)));
    if (named) return {};
  }
  return fail(path + ": cannot be set aside", "move it away, then resume the job");
}

Status FailedFiles::put_list(bool own) {
  USHER_TRY(list_->write("\n]\n"));
  USHER_TRY(list_->flush());
  USHER_TRY(sync_file(list_draft_));
  if (!own) USHER_TRY(set_aside(name(".json"), name(""), ".json"));
  if (::rename(list_draft_.c_str(), name(".json").c_str()) != 0) {
    return std::unexpected(system_error("cannot replace", name(".json"), errno));
  }
  list_.reset();
  return {};
}

Status FailedFiles::put_singles() {
  const std::string singles = folder_ + "/single_failures";
  USHER_TRY(singles_->finish(job_));
  USHER_TRY(sync_folder(singles_draft_));
  if (is_of_this_job(singles + "/README.md")) {
    USHER_TRY(swap_folders(singles_draft_, singles));
    remove_tree(singles_draft_);
  } else {
    USHER_TRY(set_aside(singles, singles, ""));
    USHER_TRY_ASSIGN(const bool named, rename_new(singles_draft_, singles));
    if (!named) return fail(singles + ": is in the way", "move it away, then resume the job");
  }
  singles_.reset();
  return sync_name(singles);
}

Status FailedFiles::finish() {
  const bool own = is_of_this_job(name(".json"));
  if (list_) {
    USHER_TRY(put_list(own));
    return put_singles();
  }
  remove_drafts();
  const std::string singles = folder_ + "/single_failures";
  if (own) USHER_TRY(write_atomically(name(".json"), "[]\n"));
  if (is_of_this_job(singles + "/README.md")) remove_tree(singles);
  return {};
}

}  // namespace usher::customers
