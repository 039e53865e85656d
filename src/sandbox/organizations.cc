// SPDX-License-Identifier: Apache-2.0
#include "sandbox/organizations.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "sandbox/fields.h"
#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"

namespace usher::sandbox {

namespace {

struct WantedDomain {
  std::string name{};
  Domain::State state = Domain::State::pending;
};
using WantedDomains = std::optional<std::vector<WantedDomain>>;

void add_wanted(Form& form, std::vector<WantedDomain>& wanted, std::string_view name,
                Domain::State state) {
  if (!looks_like_domain(name)) {
    form.refuse("domain_data", "domain_invalid", fmt::format("'{}' is not a domain.", name));
  }
  wanted.push_back({lower_ascii(name), state});
}

void read_domain_data(Form& form, std::vector<WantedDomain>& wanted,
                      const boost::json::value& data) {
  const auto wrong = [&] {
    form.refuse("domain_data", "domain_data_invalid",
                "Domain data should be an array of objects with domain and state.");
  };
  if (!data.is_array()) return wrong();
  for (const auto& each : data.get_array()) {
    const auto* object = each.if_object();
    const auto* name = object != nullptr ? object->if_contains("domain") : nullptr;
    const auto* state = object != nullptr ? object->if_contains("state") : nullptr;
    if (name == nullptr || !name->is_string() || state == nullptr) return wrong();
    const bool verified = *state == "verified";
    if (!verified && *state != "pending") return wrong();
    add_wanted(form, wanted, name->get_string(),
               verified ? Domain::State::verified : Domain::State::pending);
  }
}

// Nothing: the body does not speak of domains.
WantedDomains read_domains(Form& form) {
  const bool present = form.given("domain_data") || form.given("domains");
  if (!present) return {};
  std::vector<WantedDomain> wanted;
  if (form.given("domain_data")) read_domain_data(form, wanted, *form.raw("domain_data"));
  if (const auto names = form.texts("domains")) {
    for (const std::string& name : *names) {
      add_wanted(form, wanted, name, Domain::State::legacy_verified);
    }
  }
  return wanted;
}

Checked<void> check_domains(Desk& desk, const WantedDomains& wanted, const Organization* own) {
  if (!wanted) return {};
  for (auto at = wanted->begin(); at != wanted->end(); ++at) {
    const auto same = [&](const WantedDomain& other) { return other.name == at->name; };
    if (std::any_of(wanted->begin(), at, same)) {
      return refuse(
          coded(409, "domain_already_exists", "Domain already exists for this organization."));
    }
    if (desk.options.domain_unique && desk.directory.rival_domain(at->name, own) != nullptr) {
      return refuse(
          saying(409, fmt::format("An Organization with the domain {} already exists.", at->name)));
    }
  }
  return {};
}

Checked<void> check_external_id(Desk& desk, const Text& external_id, const Organization* own) {
  if (!external_id) return {};
  const Organization* owner = desk.directory.organization_by_external_id(*external_id);
  if (owner == nullptr || owner == own) return {};
  return refuse(coded(400, "external_id_already_used",
                      "The external_id provided has already been assigned to another "
                      "organization."));
}

Outcome create_organization(Desk& desk, const Call& call) {
  Form form(call, Form::Style::fields);
  Organization made;
  made.name = form.required_text("name");
  made.external_id = read_external_id(form).value;
  made.allow_profiles_outside = form.flag("allow_profiles_outside_organization").value_or(false);
  const WantedDomains domains = read_domains(form);
  const MetadataChange metadata = read_metadata(form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY_ASSIGN(made.metadata, apply(metadata, {}, desk.options.metadata_max_pairs));
  USHER_TRY(check_external_id(desk, made.external_id, nullptr));
  USHER_TRY(check_domains(desk, domains, nullptr));

  made.id = desk.ids.next(call.now.wall);
  made.times = {call.now.wall, call.now.wall};
  Organization& organization = desk.directory.add(std::move(made));
  if (domains) {
    for (const auto& [name, state] : *domains) {
      add_domain(desk, organization, name, state, call.now.wall);
    }
  }
  std::string body = render(organization);
  desk.emit("organization.created", body, call.now.wall, organization.id);
  return json(201, std::move(body));
}

Outcome list_organizations(Desk& desk, const Call& call) {
  const PageRules rules{.prefix = prefix::kOrganization, .lenient = desk.options.lenient_pages};
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  const std::string search = lower_ascii(call.parameter("search").value_or(""));
  const auto fits = [&](const Organization& organization) {
    return search.empty() || lower_ascii(organization.name).find(search) != std::string::npos;
  };
  const auto domains = call.list_parameter("domains");
  if (!domains.empty()) {
    std::map<Ulid, Organization*> found;
    for (const std::string& domain : domains) {
      desk.directory.collect_by_domain(lower_ascii(domain), found);
    }
    const auto page = cut_page(found, request, [&](const auto& e) { return fits(*e.second); });
    return list(page, prefix::kOrganization,
                [](auto& out, const auto& e) { write(out, *e.second); });
  }
  const auto page = cut_page(desk.directory.organizations(), request,
                             [&](const auto& e) { return fits(e.second); });
  return list(page, prefix::kOrganization, [](auto& out, const auto& e) { write(out, e.second); });
}

Outcome get_organization(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Organization* organization, organization_in_path(desk, call));
  return json(200, render(*organization));
}

Outcome get_organization_by_external_id(Desk& desk, const Call& call) {
  const Organization* organization = desk.directory.organization_by_external_id(call.part(0));
  if (organization == nullptr) return refuse(not_found("Organization", call.part(0)));
  return json(200, render(*organization));
}

// The set afterwards is the one asked for; domains that stay keep their ids and their proof.
void replace_domains(Desk& desk, Organization& organization, std::vector<WantedDomain> wanted,
                     WallTime now) {
  const std::vector<Domain*> present = organization.domains;
  for (Domain* domain : present) {
    const auto same = std::ranges::find(wanted, domain->name, &WantedDomain::name);
    if (same == wanted.end()) {
      desk.emit("organization_domain.deleted", render(*domain), now, organization.id);
      desk.directory.remove(*domain);
      continue;
    }
    if (same->state != Domain::State::pending && domain->state == Domain::State::pending) {
      domain->state = same->state;
      domain->token.clear();
      domain->times.touch(now);
      desk.emit("organization_domain.verified", render(*domain), now, organization.id);
    }
    wanted.erase(same);
  }
  for (const auto& [name, state] : wanted) add_domain(desk, organization, name, state, now);
}

Outcome update_organization(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Organization * organization, organization_in_path(desk, call));
  Form form(call, Form::Style::fields);
  const std::string name = form.has("name") ? form.required_text("name") : organization->name;
  const TextChange external_id = read_external_id(form);
  const TextChange stripe{.present = form.has("stripe_customer_id"),
                          .value = form.text("stripe_customer_id")};
  const auto allow = form.flag("allow_profiles_outside_organization");
  const WantedDomains domains = read_domains(form);
  const MetadataChange change = read_metadata(form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY_ASSIGN(auto metadata,
                   apply(change, organization->metadata, desk.options.metadata_max_pairs));
  USHER_TRY(check_external_id(desk, external_id.value, organization));
  USHER_TRY(check_domains(desk, domains, organization));
  if (stripe.value) {
    const Organization* owner = desk.directory.organization_by_stripe_id(*stripe.value);
    if (owner != nullptr && owner != organization) {
      return refuse(coded(400, "stripe_customer_id_already_used",
                          "The stripe_customer_id has already been assigned."));
    }
  }

  organization->name = name;
  organization->metadata = std::move(metadata);
  if (allow) organization->allow_profiles_outside = *allow;
  if (external_id.present) desk.directory.set_external_id(*organization, external_id.value);
  if (stripe.present) desk.directory.set_stripe_id(*organization, stripe.value);
  if (domains) replace_domains(desk, *organization, *domains, call.now.wall);
  organization->times.touch(call.now.wall);
  std::string body = render(*organization);
  desk.emit("organization.updated", body, call.now.wall, organization->id);
  return json(200, std::move(body));
}

Outcome delete_organization(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Organization * organization, organization_in_path(desk, call));
  desk.emit("organization.deleted", render(*organization), call.now.wall, organization->id);
  desk.directory.remove(*organization);
  return net::Reply{.status = 202, .content_type = "text/plain; charset=utf-8", .body = "Accepted"};
}

constexpr Route kRoutes[] = {
    {"POST", "/organizations", create_organization},
    {"GET", "/organizations", list_organizations},
    {"GET", "/organizations/external_id/{external_id}", get_organization_by_external_id},
    {"GET", "/organizations/{id}", get_organization},
    {"PUT", "/organizations/{id}", update_organization},
    {"DELETE", "/organizations/{id}", delete_organization},
};

}  // namespace

std::span<const Route> organization_routes() {
  return kRoutes;
}

Checked<Organization*> organization_in_path(Desk& desk, const Call& call, std::size_t part) {
  Organization* organization = desk.directory.find_organization(call.part(part));
  if (organization == nullptr) return refuse(not_found("Organization", call.part(part)));
  return organization;
}

}  // namespace usher::sandbox
