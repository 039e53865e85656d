// SPDX-License-Identifier: Apache-2.0
#include "app/choices.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::int64_t kMostPerSecond = 1'000'000;

bool is_graphic(char c) {
  return c > 0x20 && c < 0x7F;
}

}  // namespace

Result<OrgRef> choose_organization(const OrgChoice& choice) {
  const auto id = std::string(trim(choice.id));
  const auto external_id = std::string(trim(choice.external_id));
  const auto name = std::string(trim(choice.name));
  if (!id.empty() && !external_id.empty()) {
    return fail("Cannot specify both --org-id and --org-external-id (choose one)");
  }
  if (!id.empty() && !name.empty()) {
    return fail("Cannot specify both --org-id and --org-name (choose one)");
  }
  if (!id.empty() && choice.create_if_missing) {
    return fail(
        "--create-org-if-missing cannot go with --org-id: WorkOS chooses the ids of new "
        "organizations (use --org-name, with or without --org-external-id)");
  }
  if (choice.create_if_missing && name.empty()) {
    return fail("--create-org-if-missing needs --org-name (the name of the new organization)");
  }
  if (!external_id.empty() && !name.empty() && !choice.create_if_missing) {
    return fail(
        "Cannot specify both --org-external-id and --org-name (choose one, or add "
        "--create-org-if-missing to create a missing organization under that name)");
  }
  if (!id.empty()) return OrgRef{OrgRef::By::id, id, "", false};
  if (!external_id.empty()) {
    return OrgRef{OrgRef::By::external_id, external_id, name, choice.create_if_missing};
  }
  if (!name.empty()) return OrgRef{OrgRef::By::name, name, "", choice.create_if_missing};
  return OrgRef{};
}

Result<RateLimit> parse_rate_limit(std::string_view text) {
  if (text == "real") return RateLimit{RateLimit::Kind::published, 0};
  if (text == "off") return RateLimit{RateLimit::Kind::off, 0};
  const auto number = parse_int(text);
  if (!number || *number < 1 || *number > kMostPerSecond) {
    return fail(
        fmt::format("must be real (the published windows), off, or requests per second from 1 to "
                    "{} (got \"{}\")",
                    with_commas(kMostPerSecond), printable(text, 40)));
  }
  return RateLimit{RateLimit::Kind::per_second, static_cast<std::uint32_t>(*number)};
}

Result<Existing> parse_existing(std::string_view text) {
  if (text == "link") return Existing::link;
  if (text == "fail") return Existing::fail;
  if (text == "update") return Existing::update;
  return fail(fmt::format("must be link, fail or update (got \"{}\")", printable(text, 40)));
}

Status check_api_key(const Secret& key) {
  if (std::ranges::all_of(key.reveal(), is_graphic)) return {};
  return fail("WORKOS_SECRET_KEY holds blanks or characters that no key has",
              "copy the key again from the dashboard; it begins with sk_");
}

}  // namespace usher
