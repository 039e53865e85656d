// SPDX-License-Identifier: Apache-2.0
#include "run/job/plan.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "run/job/fields.h"

namespace usher::job {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;

// Words that reach the disk, by the number of the enumerator.
constexpr std::array kModes = {"user-only", "single-org", "multi-org"};
constexpr std::array kExisting = {"link", "fail", "update"};
constexpr std::array kRateKinds = {"published", "off", "per-second"};
constexpr std::array kNamedBy = {"none", "id", "external-id", "name"};

void write_file(JsonWriter& out, std::string_view name, const InputFile& file) {
  out.key(name).open_object().field("path", file.path).field("sha256", file.sha256);
  out.field("bytes", file.bytes).close_object();
}

void read_file(Fields& in, const char* name, InputFile& out) {
  in.read_object(name, [&out](Fields& inner) {
    inner.read("path", out.path);
    inner.read("sha256", out.sha256);
    inner.read_number("bytes", out.bytes);
  });
}

void write_options(JsonWriter& out, const UserImportOptions& options) {
  out.field("named_by", word(kNamedBy, options.single_org.by));
  out.field("organization", options.single_org.value);
  out.field("organization_name", options.single_org.name);
  out.field("may_create_organization", options.single_org.may_create);
  out.field("concurrency", options.concurrency);
  out.field("require_membership", options.require_membership);
  out.field("dry_run", options.dry_run);
  out.field("existing", word(kExisting, options.existing));
  out.field("rate_limit", word(kRateKinds, options.rate_limit.kind));
  out.field("rate_per_second", std::uint64_t{options.rate_limit.per_second});
  out.field("api_url", options.api_url);
  out.field("allow_http", options.allow_plaintext);
  out.field("timeout_ms", std::int64_t{options.timeout.count()});
}

void read_options(Fields& in, UserImportOptions& options) {
  in.read_word("named_by", kNamedBy, options.single_org.by);
  in.read("organization", options.single_org.value);
  in.read("organization_name", options.single_org.name);
  in.read("may_create_organization", options.single_org.may_create);
  in.read_number("concurrency", options.concurrency);
  in.read("require_membership", options.require_membership);
  in.read("dry_run", options.dry_run);
  in.read_word("existing", kExisting, options.existing);
  in.read_word("rate_limit", kRateKinds, options.rate_limit.kind);
  in.read_number("rate_per_second", options.rate_limit.per_second);
  in.read("api_url", options.api_url);
  in.read("allow_http", options.allow_plaintext);
  std::int64_t timeout = 60'000;
  in.read_number("timeout_ms", timeout);
  options.timeout = std::chrono::milliseconds{timeout};
}

}  // namespace

std::string to_json(const Plan& plan) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("format", kFormat).field("id", plan.id);
  out.field("created", to_iso8601(plan.created));
  write_file(out, "csv", plan.csv);
  write_file(out, "role_mapping", plan.role_mapping);
  out.field("mode", word(kModes, plan.mode));
  out.field("chunk_size", std::uint64_t{plan.chunk_size}).field("workers", plan.workers);
  out.field("hash_key", plan.hash_key);
  write_options(out, plan.options);
  out.close_object();
  return text;
}

Result<Plan> parse_plan(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return fail("the job's plan is no JSON object");
  Fields in(document.get_object());
  int format = 0;
  in.read_number("format", format);
  if (format > kFormat) {
    return fail(fmt::format("the job's plan has format {}, this version knows {}", format, kFormat),
                "go on with the version of usher that made the job");
  }
  Plan plan;
  std::string created;
  in.read("id", plan.id);
  in.read("created", created);
  read_file(in, "csv", plan.csv);
  read_file(in, "role_mapping", plan.role_mapping);
  in.read_word("mode", kModes, plan.mode);
  in.read_number("chunk_size", plan.chunk_size);
  in.read_number("workers", plan.workers);
  in.read("hash_key", plan.hash_key);
  read_options(in, plan.options);
  if (!in.missing().empty()) return fail("the job's plan says nothing usable of " + in.missing());
  plan.created = parse_iso8601(created).value_or(WallTime{});
  plan.options.csv = plan.csv.path;
  plan.options.role_mapping = plan.role_mapping.path;
  plan.chunk_size = std::max<std::uint32_t>(plan.chunk_size, 1);
  return plan;
}

Result<InputFile> fingerprint(const std::string& path) {
  InputFile file;
  std::error_code error;
  file.path = std::filesystem::absolute(path, error).lexically_normal().string();
  const auto status = std::filesystem::status(path, error);
  if (error) return std::unexpected(system_error("cannot read", path, error.value()));
  if (!std::filesystem::is_regular_file(status)) {
    return fail(fmt::format("{}: a job needs a file, which can be read again when it is resumed",
                            printable(path)),
                "save the input to a file first");
  }
  std::ifstream in(path, std::ios::binary);
  std::array<char, 1 << 16> block{};
  Sha256 sha;
  while (in) {
    in.read(block.data(), block.size());
    sha.add({block.data(), static_cast<std::size_t>(in.gcount())});
    file.bytes += static_cast<std::uint64_t>(in.gcount());
  }
  if (!in.eof()) return fail(fmt::format("{}: cannot be read to its end", printable(path)));
  file.sha256 = sha.hex();
  return file;
}

namespace {

std::string org_in_words(const OrgRef& org) {
  constexpr std::array kFlags = {"rows' own organizations", "--org-id ", "--org-external-id ",
                                 "--org-name "};
  return kFlags.at(static_cast<std::size_t>(org.by)) + printable(org.value);
}

Error changes_meaning(std::string_view option, const std::string& job_has) {
  return {fmt::format("{} would change what the job is: it was made with {}", option, job_has),
          "leave the option out, or start a new job with another --job-id"};
}

}  // namespace

Status override_options(Plan& plan, const UserImportOptions& typed, int workers,
                        std::uint32_t chunk_size, const std::set<std::string>& given) {
  UserImportOptions& options = plan.options;
  const auto has = [&](const char* name) { return given.contains(name); };
  const bool names_org = has("--org-id") || has("--org-external-id") || has("--org-name");
  if ((names_org || has("--create-org-if-missing")) && !(typed.single_org == options.single_org)) {
    return std::unexpected(
        changes_meaning("another organization", options.single_org.by == OrgRef::By::none
                                                    ? "the rows' own organizations"
                                                    : org_in_words(options.single_org)));
  }
  if (has("--require-membership") && !options.require_membership) {
    return std::unexpected(changes_meaning("--require-membership", "memberships not required"));
  }
  if (has("--dry-run") != options.dry_run && has("--dry-run")) {
    return std::unexpected(changes_meaning("--dry-run", "a real import in mind"));
  }
  if (has("--existing") && typed.existing != options.existing) {
    return std::unexpected(changes_meaning(
        "--existing", fmt::format("--existing {}", word(kExisting, options.existing))));
  }
  if (has("--api-url") && typed.api_url != options.api_url) {
    return std::unexpected(changes_meaning("--api-url", "--api-url " + options.api_url));
  }
  if (has("--chunk-size") && chunk_size != plan.chunk_size) {
    return std::unexpected(
        changes_meaning("--chunk-size", fmt::format("--chunk-size {}", plan.chunk_size)));
  }
  if (has("--concurrency")) options.concurrency = typed.concurrency;
  if (has("--rate-limit")) options.rate_limit = typed.rate_limit;
  if (has("--timeout")) options.timeout = typed.timeout;
  if (has("--allow-http")) options.allow_plaintext = typed.allow_plaintext;
  if (has("--workers")) plan.workers = workers;
  if (has("--csv")) options.csv = typed.csv;
  if (has("--role-mapping")) options.role_mapping = typed.role_mapping;
  return {};
}

}  // namespace usher::job
