// SPDX-License-Identifier: Apache-2.0
#include "app/customers/import.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace usher::customers {
namespace {

using std::chrono::milliseconds;

struct Preset {
  std::string_view name;
  Pace pace;
};

// The existing tool's figures: items in a batch, requests in flight, delay, attempts.
const std::array<Preset, 3> kPresets = {{
    {"Conservative", {50, 2, milliseconds{1000}, 5}},
    {"Balanced", {70, 3, milliseconds{500}, 3}},
    {"Aggressive", {100, 5, milliseconds{200}, 2}},
}};

bool same(const Pace& a, const Pace& b) {
  return a.batch_size == b.batch_size && a.workers == b.workers && a.delay == b.delay &&
         a.attempts == b.attempts;
}

struct Surveyed {
  Inputs inputs;
  Checked checked;
};

Result<Surveyed> survey(Inputs inputs, int stop_fd) {
  Checked checked;
  USHER_TRY_ASSIGN(checked.report, check::check_items(inputs, stop_fd));
  checked.type = inputs.type();
  checked.files = inputs.files();
  checked.items = inputs.items();
  checked.batches = inputs.batches();
  checked.notes = inputs.notes();
  return Surveyed{std::move(inputs), std::move(checked)};
}

// Folders that would bring people twice, or not all of them. Naming the files in them is always
// possible.
Status refuse_spent(const std::vector<RetryOrigin>& origins) {
  for (const RetryOrigin& origin : origins) {
    const std::string folder = printable(origin.folder, 400);
    if (!origin.complete) {
      return fail(fmt::format("{} is not complete: the import {} is under way, or was cut off "
                              "where this machine does not know its job",
                              folder, printable(origin.job, 100)),
                  fmt::format("usher import-customers --resume {} goes on with it (say where jobs "
                              "are with --checkpoint-dir); to import only what is in the folder, "
                              "name its files",
                              printable(origin.job, 100)));
    }
    if (!origin.used.empty()) {
      return fail(fmt::format("{} has been used: everything in it has arrived, {}", folder,
                              printable(origin.used)),
                  "nothing is left to do; to send it again all the same, name the files in it");
    }
    if (!origin.superseded_by.empty()) {
      return fail(fmt::format("{} has been imported again", folder),
                  fmt::format("what was left then is in {}: import that folder; to send all of "
                              "this one again, name the files in it",
                              printable(origin.superseded_by, 400)));
    }
  }
  return {};
}

Status check_out(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && ::access(path.c_str(), W_OK | X_OK) == 0) return {};
  const std::string why = error ? error.message() : std::string("no right to write there");
  return fail(fmt::format("retry files cannot be written to {}: {}", printable(path, 400), why),
              "choose another folder with --out");
}

Result<Report> work(Job& job, const Surveyed& surveyed, Face& face, int stop_fd) {
  const ImportType type = surveyed.checked.type;
  return job.run(
      surveyed.inputs, [type](const Item& item) { return check::why_bad(item, type); }, face,
      stop_fd);
}

Result<std::vector<std::string>> absolute(const std::vector<std::string>& paths) {
  std::vector<std::string> whole;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto found = std::filesystem::absolute(path, error);
    if (error) return fail(fmt::format("{}: {}", printable(path), error.message()));
    whole.push_back(found.lexically_normal().string());
  }
  return whole;
}

void finalise_others(const std::string& root, Face& face) {
  for (const Finalised& job : finalise_cut_off(root)) face.finalised(job);
}

}  // namespace

Result<Pace> parse_preset(std::string_view text) {
  for (const Preset& preset : kPresets) {
    if (equal_ignoring_case(preset.name, text)) return preset.pace;
  }
  return fail(fmt::format("is {}, not conservative, balanced or aggressive", printable(text, 40)));
}

std::string_view preset_of(const Pace& pace) {
  for (const Preset& preset : kPresets) {
    if (same(preset.pace, pace)) return preset.name;
  }
  return {};
}

Result<std::vector<RetryOrigin>> origins_of(const std::vector<std::string>& paths) {
  std::vector<RetryOrigin> origins;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) continue;
    USHER_TRY_ASSIGN(auto origin, read_retry_folder(path));
    if (origin) origins.push_back(std::move(*origin));
  }
  return origins;
}

Result<Checked> check(const Inputs::Wish& wish, int stop_fd) {
  USHER_TRY_ASSIGN(Inputs inputs, Inputs::open(wish));
  USHER_TRY_ASSIGN(Surveyed surveyed, survey(std::move(inputs), stop_fd));
  return std::move(surveyed.checked);
}

Result<Report> import_new(Request request, Inputs::Wish wish, Face& face, int stop_fd) {
  finalise_others(request.root, face);
  Plan& plan = request.plan;
  wish.api_url = plan.endpoint.api_url;
  USHER_TRY_ASSIGN(Inputs inputs, Inputs::open(wish));
  USHER_TRY(refuse_spent(inputs.retry_origins()));
  USHER_TRY_ASSIGN(const Surveyed surveyed, survey(std::move(inputs), stop_fd));
  face.checked(surveyed.checked);
  USHER_TRY(check_out(plan.out));
  USHER_TRY_ASSIGN(plan.paths, absolute(wish.paths));
  if (!wish.csv_mapping.empty()) {
    USHER_TRY_ASSIGN(const auto mapping, absolute({wish.csv_mapping}));
    plan.csv_mapping = mapping.front();
  }
  plan.endpoint.type = surveyed.checked.type;
  USHER_TRY_ASSIGN(plan.endpoint.api_url, import_url(plan.endpoint.api_url, plan.endpoint.type));
  USHER_TRY_ASSIGN(Job job, Job::open(request));
  return work(job, surveyed, face, stop_fd);
}

Result<Report> resume(Request request, Face& face, int stop_fd) {
  request.resume = true;
  finalise_others(request.root, face);  // this one too: its retry files are whole before it goes on
  USHER_TRY_ASSIGN(Job job, Job::open(request));
  USHER_TRY_ASSIGN(Inputs inputs, Inputs::open(inputs_of(job.plan())));
  USHER_TRY_ASSIGN(const Surveyed surveyed, survey(std::move(inputs), stop_fd));
  face.checked(surveyed.checked);
  return work(job, surveyed, face, stop_fd);
}

Result<Resumable> find_resumable(const std::string& root, const std::string& id) {
  if (!id.empty()) {
    USHER_TRY(job::check_id(id));
    const job::Folder folder(root, id);
    if (folder.has_store() && !is_customer_job(folder)) {
      return fail(fmt::format("the job {} is no import of customers", printable(id)),
                  "go on with it: usher import-users --resume " + id + folder.option());
    }
    USHER_TRY_ASSIGN(Standing standing, look(folder));
    return Resumable{id, std::move(standing.plan)};
  }
  Error unreadable;
  for (const job::Folder& folder : job::list(root)) {
    if (!is_customer_job(folder)) continue;
    auto standing = look(folder);
    if (standing) return Resumable{folder.id(), std::move(standing->plan)};
    if (unreadable.what.empty()) unreadable = standing.error();  // killed before it had begun?
  }
  if (!unreadable.what.empty()) return std::unexpected(unreadable);
  return fail(fmt::format("there is no import of customers to go on with in {}", printable(root)),
              "start one: usher import-customers FILES");
}

}  // namespace usher::customers
