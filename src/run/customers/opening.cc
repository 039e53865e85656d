// SPDX-License-Identifier: Apache-2.0
#include "run/customers/opening.h"

#include <utility>

#include <fmt/format.h>

#include "base/shell.h"
#include "base/text.h"
#include "run/customers/overtaken.h"
#include "run/customers/stamp.h"
#include "run/job/plan.h"

namespace usher::customers {
namespace {

constexpr int kMostOfASecond = 1'000;  // jobs that begin in the same second

Error exists_already(const job::Folder& folder) {
  return {fmt::format("there is a job {} already, in {}", folder.id(), printable(folder.path())),
          fmt::format("go on with it: {}; or choose another --job-id; or: usher jobs remove {}{}",
                      is_customer_job(folder)
                          ? resume_line(folder)
                          : "usher import-users --resume " + folder.id() + folder.option(),
                      folder.id(), folder.option())};
}

// What a killed process left before its job came to be holds nothing.
Result<bool> never_was(const job::Folder& folder) {
  if (folder.has_checkpoint()) return false;
  if (!folder.has_store()) return true;
  if (!is_customer_job(folder)) return false;
  USHER_TRY_ASSIGN(const auto store, BatchStore::look(folder.store()));
  USHER_TRY_ASSIGN(const std::string plan, store->note(kPlanNote));
  return plan.empty();
}

Result<Opened> make_in(const job::Folder& folder, const Plan& plan) {
  if (job::Lock::holder(folder)) return std::unexpected(exists_already(folder));
  USHER_TRY(folder.make());
  USHER_TRY_ASSIGN(job::Lock lock, job::Lock::take(folder, plan.created));
  USHER_TRY_ASSIGN(const bool free, never_was(folder));
  if (!free) return std::unexpected(exists_already(folder));
  USHER_TRY(folder.remove_store());
  return Opened{folder, std::move(lock), plan, nullptr, false};
}

// An id made of the time; another process may have begun in the same second.
Result<Opened> make_by_time(const std::string& root, const Plan& plan) {
  const std::string stem = "customers-" + local_stamp(plan.created, '-');
  for (int number = 1; number <= kMostOfASecond; ++number) {
    const job::Folder folder(root, number == 1 ? stem : fmt::format("{}-{}", stem, number));
    if (exists(folder.path())) continue;
    auto made = make_in(folder, plan);
    // Somebody was faster; anything else would be no better under another name.
    if (made || !(folder.has_store() || job::Lock::holder(folder))) return made;
  }
  return fail(fmt::format("{}: there are too many jobs {}", printable(root), stem),
              "choose a name with --job-id");
}

Result<job::Folder> latest(const std::string& root) {
  for (const job::Folder& folder : job::list(root)) {
    if (!is_customer_job(folder)) continue;
    const auto never = never_was(folder);
    if (!never || !*never) return folder;
  }
  return fail(fmt::format("there is no import of customers to go on with in {}", printable(root)),
              "start one: usher import-customers FILES");
}

Result<std::string> mapping_digest(const std::string& path) {
  if (path.empty()) return std::string();
  USHER_TRY_ASSIGN(job::InputFile file, job::fingerprint(path));
  return file.sha256;
}

Error changes_meaning(std::string_view option, std::string_view job_has) {
  return {fmt::format("{} would change what the job is: it was made with {}", option,
                      printable(job_has)),
          "leave the option out, or import the files as a new job"};
}

// The way on for inputs that are not any more what they were.
std::string way_on(const Plan& plan, std::string_view first) {
  if (plan.retry_folder.empty()) return std::string(first);
  return fmt::format("{}; or import what has not arrived: {}", first,
                     retry_line(plan, plan.retry_folder));
}

}  // namespace

std::string resume_line(const job::Folder& folder) {
  return "usher import-customers --resume " + folder.id() + folder.option();
}

std::string retry_line(const Plan& plan, const std::string& folder) {
  std::vector<std::string> words = {"usher", "import-customers", folder};
  if (!plan.profile.empty()) {
    words.insert(words.end(), {"--profile", plan.profile});
    if (!plan.profiles.empty()) words.insert(words.end(), {"--profiles", plan.profiles});
  } else if (!plan.user.empty() && !plan.endpoint.auth_url.empty()) {
    words.insert(words.end(), {"--auth-url", plan.endpoint.auth_url});
  }
  if (plan.endpoint.environment == Environment::production) {
    words.insert(words.end(), {"--environment", "production"});
  }
  if (plan.endpoint.allow_plaintext) words.emplace_back("--allow-http");
  return shell_line(words);
}

Status override_plan(Plan& plan, const Plan& typed, const std::set<std::string>& given) {
  const Endpoint& asked = typed.endpoint;
  Endpoint& endpoint = plan.endpoint;
  const auto has = [&](const char* name) { return given.contains(name); };
  if (has("--mode") && asked.platform != endpoint.platform) {
    return std::unexpected(changes_meaning("--mode", to_string(endpoint.platform)));
  }
  if (has("--environment") && asked.environment != endpoint.environment) {
    return std::unexpected(changes_meaning("--environment", to_string(endpoint.environment)));
  }
  if (has("--type") && asked.type != endpoint.type) {
    return std::unexpected(changes_meaning("--type", to_string(endpoint.type)));
  }
  if ((has("--api-url") || has("--profile")) && !asked.api_url.empty()) {
    const auto url = import_url(asked.api_url, endpoint.type);
    if (!url || *url != endpoint.api_url) {
      return std::unexpected(
          changes_meaning(has("--api-url") ? "--api-url" : "--profile", endpoint.api_url));
    }
  }
  if (has("--batch-size") && typed.pace.batch_size != plan.pace.batch_size) {
    return std::unexpected(
        changes_meaning("--batch-size", fmt::format("--batch-size {}", plan.pace.batch_size)));
  }
  if (has("--auth-url") || has("--profile")) endpoint.auth_url = asked.auth_url;
  if (has("--allow-http")) endpoint.allow_plaintext = asked.allow_plaintext;
  if (has("--profile")) {
    plan.profile = typed.profile;
    plan.profiles = typed.profiles;
  }
  if (!typed.user.empty()) plan.user = typed.user;
  const bool preset = has("--preset");
  if (preset || has("--workers")) plan.pace.workers = typed.pace.workers;
  if (preset || has("--delay")) plan.pace.delay = typed.pace.delay;
  if (preset || has("--max-retries")) plan.pace.attempts = typed.pace.attempts;
  if (has("--timeout")) plan.timeout = typed.timeout;
  return {};
}

Status compare_inputs(const Plan& plan, const std::vector<InputFile>& now,
                      std::string_view mapping_sha256) {
  const auto paths_of = [](const std::vector<InputFile>& files) {
    std::set<std::string_view> paths;
    for (const InputFile& file : files) paths.insert(file.path);
    return paths;
  };
  const auto there = paths_of(now);
  const auto taken = paths_of(plan.files);
  for (const InputFile& file : plan.files) {
    if (there.contains(file.path)) continue;
    return fail(fmt::format("{}: the job took it, and it is not among the inputs any more",
                            printable(file.path)),
                way_on(plan, "put it back"));
  }
  for (const InputFile& file : now) {
    if (taken.contains(file.path)) continue;
    return fail(fmt::format("{}: was not there when the job took its inputs", printable(file.path)),
                way_on(plan, "take it away, and import it as a job of its own afterwards"));
  }
  for (std::size_t i = 0; i < now.size(); ++i) {
    const InputFile& before = plan.files.at(i);
    if (now[i].path == before.path && now[i].sha256 == before.sha256) continue;
    return fail(fmt::format("{}: has changed since the job took it", printable(now[i].path)),
                way_on(plan, "put it back as it was, or import it as a new job"));
  }
  if (mapping_sha256 == plan.csv_mapping_sha256) return {};
  return fail(fmt::format("{}: has changed since the job took it", printable(plan.csv_mapping)),
              way_on(plan, "put it back as it was"));
}

Status keep_plan(BatchStore& store, const Plan& plan) {
  const std::vector<BatchStore::Note> notes = {{kPlanNote, to_json(plan)}};
  return store.set_notes(notes);
}

Result<Plan> read_plan(BatchStore& store, const job::Folder& folder) {
  USHER_TRY_ASSIGN(const std::string text, store.note(kPlanNote));
  if (text.empty()) {
    return fail(fmt::format("the job {} was never made to its end", folder.id()),
                "nothing was sent: start it again, with the same command");
  }
  auto plan = parse_plan(text);
  if (!plan) {
    return fail(fmt::format("{}: {}", printable(folder.store()), plan.error().what),
                plan.error().next);
  }
  return plan;
}

Result<Opened> make_job(const Request& request) {
  Plan plan = request.plan;
  if (plan.created == WallTime{}) plan.created = read_clocks().wall;
  if (request.id.empty()) return make_by_time(request.root, plan);
  USHER_TRY(job::check_id(request.id));
  return make_in(job::Folder(request.root, request.id), plan);
}

Result<Opened> resume_job(const Request& request) {
  job::Folder folder(request.root, request.id);
  if (request.id.empty()) {
    USHER_TRY_ASSIGN(folder, latest(request.root));
  } else {
    USHER_TRY(job::check_id(request.id));
  }
  if (!folder.has_store()) {
    return fail(fmt::format("there is no job {} in {}", folder.id(), printable(request.root)),
                "usher jobs lists those that there are");
  }
  USHER_TRY_ASSIGN(job::Lock lock, job::Lock::take(folder, read_clocks().wall));
  USHER_TRY_ASSIGN(auto store, BatchStore::open(folder.store()));
  USHER_TRY_ASSIGN(Plan plan, read_plan(*store, folder));
  USHER_TRY(override_plan(plan, request.plan, request.given));
  USHER_TRY(refuse_overtaken(plan, folder.id()));
  return Opened{folder, std::move(lock), std::move(plan), std::move(store), true};
}

Status take_inputs(Opened& job, const Inputs& inputs) {
  Plan& plan = job.plan;
  USHER_TRY_ASSIGN(const std::string mapping, mapping_digest(plan.csv_mapping));
  if (job.resumed) {
    USHER_TRY(compare_inputs(plan, inputs.files(), mapping));
    if (inputs.items() != plan.items || inputs.batches() != plan.batches) {
      return fail(
          fmt::format("the inputs are now {} items in {} batches, and the job took {} in {}",
                      inputs.items(), inputs.batches(), plan.items, plan.batches),
          "go on with the version of usher that made the job");
    }
    return keep_plan(*job.store, plan);
  }
  plan.csv_mapping_sha256 = mapping;
  plan.files = inputs.files();
  plan.items = inputs.items();
  plan.batches = inputs.batches();
  USHER_TRY_ASSIGN(job.store, BatchStore::create(job.folder.store()));
  Status kept = keep_plan(*job.store, plan);
  if (kept) return {};
  job.store.reset();
  static_cast<void>(job.folder.remove_store());
  return kept;
}

}  // namespace usher::customers
