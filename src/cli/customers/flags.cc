// SPDX-License-Identifier: Apache-2.0
#include "cli/customers/flags.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/credentials.h"

namespace usher::cli {
namespace {

constexpr std::size_t kMostPaths = 100'000;
constexpr double kLongestDelay = 60;

template <class T>
std::function<Status(std::string_view)> taking(Result<T> (*parse)(std::string_view),
                                               std::optional<T>& into) {
  return [parse, &into](std::string_view text) -> Status {
    USHER_TRY_ASSIGN(into, parse(text));
    return {};
  };
}

// An unset variable of a script must not mean another address.
std::function<Status(std::string_view)> address(std::string& into) {
  return [&into](std::string_view text) -> Status {
    if (trim(text).empty()) return fail("is empty", "give an address, or leave the option out");
    into = trim(text);
    return {};
  };
}

void declare_what(Options& options, CustomerFlags& flags) {
  options.words("FILES-OR-FOLDERS...", 0, kMostPaths, flags.paths);
  options.heading("What is imported")
      .once("--type", "customers|households", "what the files hold (default: what they say)",
            taking(customers::parse_import_type, flags.target.type))
      .text("--csv-mapping", "FILE",
            "which column of a CSV is which field: JSON, as docs/customers-csv.md shows",
            flags.csv_mapping)
      .flag("--check", "check every item and stop; nothing is sent", flags.check);
}

void declare_target(Options& options, CustomerFlags& flags) {
  options.heading("Where it goes")
      .once("--api-url", "URL", "the import's address, with or without /customers at its end",
            address(flags.target.api_url))
      .once("--auth-url", "URL", "where to log in with user and password",
            address(flags.target.auth_url))
      .once("--mode", "c4r|engage", "the platform, which decides how to log in",
            taking(customers::parse_platform, flags.target.platform))
      .once("--environment", "development|production",
            "production only when it is named here (default development)",
            taking(customers::parse_environment, flags.target.environment))
      .text("--profile", "NAME", "all of that out of a file of profiles", flags.profile)
      .text("--profiles", "FILE",
            "that file, which only you can read (default ~/.config/usher/customers.json)",
            flags.profiles)
      .flag("--allow-http", "send credentials unencrypted to another machine than this one",
            flags.target.allow_plaintext);
}

void declare_pace(Options& options, CustomerFlags& flags) {
  options.heading("How fast")
      .once("--preset", "conservative|balanced|aggressive",
            "50 items, 2 requests, 1.0 s, 5 attempts | 70, 3, 0.5, 3 (default) | 100, 5, 0.2, 2; "
            "the next four override it",
            taking(customers::parse_preset, flags.preset))
      .number("--batch-size", "N", "items in one request, 1 to 100", 1, 100, flags.batch_size)
      .number("--workers", "N", "requests in flight, 1 to 64", 1, customers::Pace::kMostWorkers,
              flags.workers)
      .decimal("--delay", "SECONDS", "the least time between two requests, 0 to 60", 0,
               kLongestDelay, flags.delay)
      .number("--max-retries", "N", "attempts for a request, the first one included, 1 to 10", 1,
              10, flags.attempts)
      .number("--timeout", "SECONDS", "how long one answer may take (default 120)", 1, 3600,
              flags.timeout_seconds);
}

void declare_job(Options& options, CustomerFlags& flags) {
  options.heading("The job")
      .text("--job-id", "ID", "its name (default: made of the time)", flags.job_id)
      .maybe("--resume", "[ID]", "go on with this job, or with the latest",
             [&flags](std::optional<std::string_view> id) -> Status {
               if (id && trim(*id).empty()) return fail("is empty", "give an id, or nothing");
               flags.resume = std::string(id.value_or(""));
               return {};
             })
      .text("--checkpoint-dir", "DIR",
            fmt::format("where jobs are (default {})", job::kDefaultRoot), flags.root)
      .text("--out", "DIR", "where retry files and failed customers go (default: this folder)",
            flags.out);
  options.heading("What is told")
      .flag("--quiet", "only the summary", flags.quiet)
      .flag("--json", "one JSON object, and nothing else", flags.json);
}

std::string profiles_file(const CustomerFlags& flags, const Surroundings& around) {
  if (!flags.profiles.empty()) return flags.profiles;
  const std::string folder = around.variable("XDG_CONFIG_HOME");
  if (!folder.empty()) return folder + "/usher/customers.json";
  return around.variable("HOME") + "/.config/usher/customers.json";
}

// "" stays "".
std::string whole_path(const std::string& path) {
  if (path.empty()) return path;
  std::error_code ignored;
  std::string whole = std::filesystem::absolute(path, ignored).lexically_normal().string();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

customers::Setting settings_of(const Surroundings& around) {
  return [&around](const char* name) { return Settings(around).find(name); };
}

// What a job has settled; what else would make another job of it, the job itself refuses.
constexpr std::array kSettled = {"--csv-mapping", "--out", "--job-id"};

}  // namespace

void declare_customers(Options& options, CustomerFlags& flags) {
  declare_what(options, flags);
  declare_target(options, flags);
  declare_pace(options, flags);
  declare_job(options, flags);
}

Status check_customers(const CustomerFlags& flags, const Options& options) {
  const auto& given = options.given();
  if (!flags.profiles.empty() && flags.profile.empty()) {
    return fail("--profiles needs --profile NAME");
  }
  if (!flags.resume) {
    if (flags.paths.empty()) {
      return fail("no file is named", "for example usher import-customers customers.json");
    }
    return {};
  }
  if (flags.check) return fail("--check and --resume cannot be meant together");
  if (!flags.paths.empty()) {
    return fail("--resume knows its files: " + printable(flags.paths.front()) + " is too much",
                "if another file is meant, leave --resume out");
  }
  for (const char* name : kSettled) {
    if (!given.contains(name)) continue;
    return fail(fmt::format("{} cannot change when a job goes on", name),
                "leave it out, or start another job");
  }
  return {};
}

customers::Pace pace_of(const CustomerFlags& flags, const customers::Pace& otherwise) {
  customers::Pace pace = flags.preset.value_or(otherwise);
  // A job keeps its batches.
  pace.batch_size = flags.resume ? otherwise.batch_size : pace.batch_size;
  if (flags.batch_size > 0) pace.batch_size = static_cast<std::uint32_t>(flags.batch_size);
  if (flags.workers > 0) pace.workers = static_cast<int>(flags.workers);
  if (flags.attempts > 0) pace.attempts = static_cast<int>(flags.attempts);
  if (flags.delay >= 0) {
    pace.delay = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(flags.delay));
  }
  return pace;
}

customers::Inputs::Wish wish_of(const CustomerFlags& flags) {
  customers::Inputs::Wish wish;
  wish.paths = flags.paths;
  wish.csv_mapping = flags.csv_mapping;
  wish.type = flags.target.type;
  wish.batch_size = pace_of(flags).batch_size;
  return wish;
}

Result<std::optional<customers::Profile>> profile_of(const CustomerFlags& flags,
                                                     const Surroundings& around) {
  if (flags.profile.empty()) return std::nullopt;
  USHER_TRY_ASSIGN(customers::Profile profile,
                   customers::read_profile(profiles_file(flags, around), flags.profile));
  return std::optional(std::move(profile));
}

Result<customers::Request> request_of(const CustomerFlags& flags,
                                      const std::vector<customers::RetryOrigin>& origins,
                                      const Surroundings& around, std::vector<std::string>& notes) {
  customers::Request request;
  request.root = flags.root;
  request.id = flags.job_id;
  if (!request.id.empty()) USHER_TRY(job::check_id(request.id));
  USHER_TRY_ASSIGN(const auto profile, profile_of(flags, around));
  USHER_TRY_ASSIGN(auto choice,
                   customers::choose_target(flags.target, profile, origins, settings_of(around)));
  customers::Plan& plan = request.plan;
  plan.created = around.clock().wall;
  plan.endpoint = std::move(choice.endpoint);
  plan.profile = flags.profile;
  plan.profiles = whole_path(flags.profiles);
  plan.user = choice.credentials.user;
  plan.pace = pace_of(flags);
  plan.timeout = std::chrono::seconds{flags.timeout_seconds};
  plan.out = whole_path(flags.out);
  request.credentials = std::move(choice.credentials);
  notes = std::move(choice.notes);
  return request;
}

Result<customers::Request> request_to_resume(const CustomerFlags& flags, const Options& options,
                                             const customers::Resumable& job,
                                             const Surroundings& around) {
  customers::Request request;
  request.root = flags.root;
  request.id = job.id;
  request.resume = true;
  request.plan = job.plan;
  CustomerFlags named = flags;
  if (named.profile.empty()) {
    named.profile = job.plan.profile;
    named.profiles = job.plan.profiles;
  }
  request.plan.profile = named.profile;
  request.plan.profiles = whole_path(named.profiles);
  USHER_TRY_ASSIGN(const auto profile, profile_of(named, around));
  customers::Endpoint& to = request.plan.endpoint;
  to.type = flags.target.type.value_or(to.type);
  to.platform = flags.target.platform.value_or(to.platform);
  to.environment = flags.target.environment.value_or(to.environment);
  if (!flags.profile.empty() && profile && !profile->auth_url.empty()) {
    to.auth_url = profile->auth_url;
  }
  if (!flags.target.auth_url.empty()) to.auth_url = flags.target.auth_url;
  if (flags.target.api_url.empty()) {
    USHER_TRY(customers::agree_on_target(to, profile, settings_of(around)));
  } else {
    USHER_TRY_ASSIGN(to.api_url, customers::import_url(flags.target.api_url, to.type));
  }
  to.allow_plaintext = to.allow_plaintext || flags.target.allow_plaintext;
  USHER_TRY_ASSIGN(request.credentials,
                   customers::choose_credentials(to.platform, !to.auth_url.empty(), profile,
                                                 settings_of(around)));
  request.plan.pace = pace_of(flags, job.plan.pace);
  const auto& given = options.given();
  if (given.contains("--timeout")) {
    request.plan.timeout = std::chrono::seconds{flags.timeout_seconds};
  }
  for (const auto& [name, value] : given) request.given.insert(name);
  return request;
}

}  // namespace usher::cli
