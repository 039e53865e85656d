// SPDX-License-Identifier: Apache-2.0
#include "app/customers/profiles.h"

#include <array>
#include <functional>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

namespace usher::customers {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBytes = 1 << 20;

struct Field {
  std::string_view name;
  std::function<Status(Profile&, std::string_view)> take;
};

template <class T>
Status take(Result<T> parsed, std::optional<T>& into) {
  if (!parsed) return std::unexpected(parsed.error());
  into = *parsed;
  return {};
}

const std::array<Field, 10>& fields() {
  using Text = std::string_view;
  static const std::array<Field, 10> kFields = {{
      {"mode", [](Profile& to, Text text) { return take(parse_platform(text), to.platform); }},
      {"environment",
       [](Profile& to, Text text) { return take(parse_environment(text), to.environment); }},
      {"api_url", [](Profile& to, Text text) { return to.api_url = text, Status{}; }},
      {"auth_url", [](Profile& to, Text text) { return to.auth_url = text, Status{}; }},
      {"client_id",
       [](Profile& to, Text text) { return to.credentials.client_id = text, Status{}; }},
      {"client_secret",
       [](Profile& to, Text text) {
         return to.credentials.client_secret = Secret(text), Status{};
       }},
      {"user", [](Profile& to, Text text) { return to.credentials.user = text, Status{}; }},
      {"password",
       [](Profile& to, Text text) { return to.credentials.password = Secret(text), Status{}; }},
      {"token",
       [](Profile& to, Text text) { return to.credentials.token = Secret(text), Status{}; }},
      {"gk_passport",
       [](Profile& to, Text text) { return to.credentials.passport = Secret(text), Status{}; }},
  }};
  return kFields;
}

std::string names_of(const json::object& profiles) {
  std::string names;
  for (const auto& [key, value] : profiles) {
    if (names.size() > 200) return names + ", ...";
    names += (names.empty() ? "" : ", ") + printable(key, 60);
  }
  return names;
}

Status take_field(Profile& profile, std::string_view name, const json::value& value,
                  const std::string& place) {
  for (const Field& field : fields()) {
    if (field.name != name) continue;
    if (!value.is_string()) return fail(fmt::format("{}: {} is no text", place, name));
    const json::string& text = value.get_string();
    const Status taken = field.take(profile, trim(std::string_view(text.data(), text.size())));
    if (taken) return {};
    return fail(fmt::format("{}: {} {}", place, name, taken.error().what), taken.error().next);
  }
  std::string known;
  for (const Field& field : fields())
    known += (known.empty() ? "" : ", ") + std::string(field.name);
  return fail(fmt::format("{}: there is no field {}", place, printable(name, 60)),
              "fields are: " + known);
}

Status refuse_readable(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return std::unexpected(system_error("cannot read", path, errno));
    return fail(printable(path) + ": there is no file of profiles",
                "make it, as docs/customers.md shows, or say where it is with --profiles FILE");
  }
  if ((info.st_mode & 077U) != 0) {
    return fail(printable(path) + " can be read by others than its owner, and holds secrets",
                "chmod 600 " + printable(path));
  }
  return {};
}

}  // namespace

Result<Platform> parse_platform(std::string_view text) {
  const std::string word = lower_ascii(text);
  if (word == "c4r") return Platform::c4r;
  if (word == "engage") return Platform::engage;
  return fail(fmt::format("is {}, not c4r or engage", printable(text, 40)));
}

Result<Environment> parse_environment(std::string_view text) {
  const std::string word = lower_ascii(text);
  if (word == "development" || word == "dev") return Environment::development;
  if (word == "production" || word == "prod") return Environment::production;
  return fail(fmt::format("is {}, not development or production", printable(text, 40)));
}

Result<ImportType> parse_import_type(std::string_view text) {
  const std::string word = lower_ascii(text);
  if (word == "customers") return ImportType::customers;
  if (word == "households") return ImportType::households;
  return fail(fmt::format("is {}, not customers or households", printable(text, 40)));
}

Result<Profile> parse_profile(std::string_view text, const std::string& path,
                              const std::string& name) {
  const std::string file = printable(path);
  json::error_code error;
  const json::value whole =
      json::parse(json::string_view(text.data(), text.size()), error, {}, {.max_depth = 8});
  if (error) return fail(fmt::format("{} is no JSON: {}", file, error.message()));
  const auto* top = whole.if_object();
  const auto* list = top == nullptr ? nullptr : top->if_contains("profiles");
  const auto* profiles = list == nullptr ? nullptr : list->if_object();
  if (profiles == nullptr) {
    return fail(file + R"( has no object "profiles")", "docs/customers.md shows how it looks");
  }
  const auto* found = profiles->if_contains(name);
  if (found == nullptr) {
    return fail(fmt::format("{} has no profile {}", file, printable(name, 60)),
                "there are: " + names_of(*profiles));
  }
  const std::string place = fmt::format("{}: profile {}", file, printable(name, 60));
  const auto* object = found->if_object();
  if (object == nullptr) return fail(place + " is no object");
  Profile profile;
  profile.name = name;
  for (const auto& [key, value] : *object) {
    USHER_TRY(take_field(profile, {key.data(), key.size()}, value, place));
  }
  return profile;
}

Result<Profile> read_profile(const std::string& path, const std::string& name) {
  USHER_TRY(refuse_readable(path));
  USHER_TRY_ASSIGN(const std::string text, read_file(path, kMostBytes));
  return parse_profile(text, path, name);
}

}  // namespace usher::customers
