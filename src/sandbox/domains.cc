// SPDX-License-Identifier: Apache-2.0
// /organization_domains: one domain at a time, always pending until it is verified.
#include <algorithm>

#include "base/text.h"
#include "sandbox/fields.h"
#include "sandbox/form.h"
#include "sandbox/organizations.h"
#include "sandbox/render.h"

namespace usher::sandbox {

namespace {

Checked<Domain*> domain_in_path(Desk& desk, const Call& call) {
  Domain* domain = desk.directory.find_domain(call.part(0));
  if (domain == nullptr) return refuse(not_found("Organization Domain", call.part(0)));
  return domain;
}

Outcome create_domain(Desk& desk, const Call& call) {
  Form form(call);
  const std::string name = lower_ascii(trim(form.required_text("domain")));
  const std::string organization_id = form.required_text("organization_id");
  if (!name.empty() && !looks_like_domain(name)) {
    form.refuse("domain", "domain_invalid", "Domain should be a domain name.");
  }
  USHER_TRY(form.verdict(desk.options.strict_fields));
  Organization* organization = desk.directory.find_organization(organization_id);
  if (organization == nullptr) return refuse(not_found("Organization", organization_id));
  if (std::ranges::any_of(organization->domains, [&](auto* d) { return d->name == name; })) {
    return refuse(
        coded(409, "domain_already_exists", "Domain already exists for this organization."));
  }
  if (desk.options.domain_unique && desk.directory.rival_domain(name, organization) != nullptr) {
    return refuse(saying(409, "An Organization with the domain " + name + " already exists."));
  }
  return json(201,
              render(add_domain(desk, *organization, name, Domain::State::pending, call.now.wall)));
}

Outcome get_domain(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Domain* domain, domain_in_path(desk, call));
  return json(200, render(*domain));
}

// Production asks the DNS; here the proof succeeds at once.
Outcome verify_domain(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Domain * domain, domain_in_path(desk, call));
  if (domain->state != Domain::State::pending) {
    return refuse(coded(400, "domain_already_verified", "Domain is already verified."));
  }
  domain->state = Domain::State::verified;
  domain->times.touch(call.now.wall);
  std::string body = render(*domain);
  desk.emit("organization_domain.verified", body, call.now.wall, domain->organization->id);
  return json(201, std::move(body));
}

Outcome delete_domain(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Domain * domain, domain_in_path(desk, call));
  desk.emit("organization_domain.deleted", render(*domain), call.now.wall,
            domain->organization->id);
  desk.directory.remove(*domain);
  return nothing(204);
}

constexpr Route kRoutes[] = {
    {"POST", "/organization_domains", create_domain},
    {"GET", "/organization_domains/{id}", get_domain},
    {"POST", "/organization_domains/{id}/verify", verify_domain},
    {"DELETE", "/organization_domains/{id}", delete_domain},
};

}  // namespace

std::span<const Route> domain_routes() {
  return kRoutes;
}

Domain& add_domain(Desk& desk, Organization& organization, std::string name, Domain::State state,
                   WallTime now) {
  Domain& domain =
      desk.directory.add(Domain{.id = desk.ids.next(now),
                                .organization = &organization,
                                .name = std::move(name),
                                .state = state,
                                .token = state == Domain::State::pending ? desk.ids.token(25) : "",
                                .times = {now, now}});
  desk.emit("organization_domain.created", render(domain), now, organization.id);
  return domain;
}

}  // namespace usher::sandbox
