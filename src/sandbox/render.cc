// SPDX-License-Identifier: Apache-2.0
#include "sandbox/render.h"

#include <fmt/format.h>

#include "base/text.h"

namespace usher::sandbox {

namespace {

void field(JsonWriter& out, std::string_view name, const Text& text) {
  out.key(name);
  text ? out.value(*text) : out.null();
}

void field(JsonWriter& out, std::string_view name, std::optional<WallTime> time) {
  out.key(name);
  time ? out.value(to_iso8601(*time)) : out.null();
}

void field(JsonWriter& out, std::string_view name, std::string_view prefix,
           std::optional<Ulid> id) {
  out.key(name);
  id ? out.value(to_id(prefix, *id)) : out.null();
}

void times(JsonWriter& out, const Times& times) {
  const std::string created = to_iso8601(times.created);
  out.field("created_at", created);
  out.field("updated_at", times.updated == times.created ? created : to_iso8601(times.updated));
}

void slug(JsonWriter& out, const Role& role) {
  out.open_object().field("slug", role.slug).close_object();
}

std::string otpauth_uri(const Factor& factor) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30",
                     percent_encode(factor.issuer), percent_encode(factor.account),
                     factor.secret.reveal(), percent_encode(factor.issuer));
}

}  // namespace

std::string_view to_string(MembershipStatus status) {
  switch (status) {
    case MembershipStatus::active:
      return "active";
    case MembershipStatus::inactive:
      return "inactive";
    case MembershipStatus::pending:
      return "pending";
  }
  return "?";
}

std::string_view to_string(InvitationState state) {
  switch (state) {
    case InvitationState::pending:
      return "pending";
    case InvitationState::accepted:
      return "accepted";
    case InvitationState::expired:
      return "expired";
    case InvitationState::revoked:
      return "revoked";
  }
  return "?";
}

std::string_view to_string(Domain::State state) {
  switch (state) {
    case Domain::State::pending:
      return "pending";
    case Domain::State::verified:
      return "verified";
    case Domain::State::legacy_verified:
      return "legacy_verified";
  }
  return "?";
}

void write(JsonWriter& out, const Metadata& metadata) {
  out.open_object();
  for (const auto& [key, value] : metadata) out.field(key, value);
  out.close_object();
}

void write(JsonWriter& out, const User& user) {
  out.open_object().field("object", "user").field("id", to_id(prefix::kUser, user.id));
  out.field("email", user.email).field("email_verified", user.email_verified);
  field(out, "first_name", user.first_name);
  field(out, "last_name", user.last_name);
  field(out, "name", user.name);
  out.key("profile_picture_url").null();
  field(out, "last_sign_in_at", user.last_sign_in);
  field(out, "locale", user.locale);
  field(out, "external_id", user.external_id);
  write(out.key("metadata"), user.metadata);
  times(out, user.times);
  out.close_object();
}

void write(JsonWriter& out, const Domain& domain) {
  out.open_object().field("object", "organization_domain");
  out.field("id", to_id(prefix::kDomain, domain.id));
  out.field("organization_id", to_id(prefix::kOrganization, domain.organization->id));
  out.field("domain", domain.name).field("state", to_string(domain.state));
  out.field("verification_strategy", domain.token.empty() ? "manual" : "dns");
  if (!domain.token.empty()) {
    out.field("verification_prefix", "usher-sandbox").field("verification_token", domain.token);
  }
  times(out, domain.times);
  out.close_object();
}

void write(JsonWriter& out, const Organization& organization) {
  out.open_object().field("object", "organization");
  out.field("id", to_id(prefix::kOrganization, organization.id));
  out.field("name", organization.name);
  out.field("allow_profiles_outside_organization", organization.allow_profiles_outside);
  out.key("domains").open_array();
  for (const Domain* domain : organization.domains) write(out, *domain);
  out.close_array();
  if (organization.stripe_customer_id) {
    out.field("stripe_customer_id", *organization.stripe_customer_id);
  }
  write(out.key("metadata"), organization.metadata);
  field(out, "external_id", organization.external_id);
  times(out, organization.times);
  out.close_object();
}

void write(JsonWriter& out, const Membership& membership) {
  out.open_object().field("object", "organization_membership");
  out.field("id", to_id(prefix::kMembership, membership.id));
  out.field("user_id", to_id(prefix::kUser, membership.user->id));
  out.field("organization_id", to_id(prefix::kOrganization, membership.organization->id));
  out.field("organization_name", membership.organization->name);
  out.field("status", to_string(membership.status)).field("directory_managed", false);
  out.key("custom_attributes").open_object().close_object();
  slug(out.key("role"), *membership.roles.front());
  out.key("roles").open_array();
  for (const Role* role : membership.roles) slug(out, *role);
  out.close_array();
  write(out.key("user"), *membership.user);
  times(out, membership.times);
  out.close_object();
}

void write(JsonWriter& out, const Role& role) {
  out.open_object().field("slug", role.slug).field("object", "role");
  out.field("id", to_id(prefix::kRole, role.id)).field("name", role.name);
  field(out, "description", role.description);
  out.field("type", role.organization != nullptr ? "OrganizationRole" : "EnvironmentRole");
  out.field("resource_type_slug", role.resource_type).key("permissions").open_array();
  for (const std::string& permission : role.permissions) out.value(permission);
  out.close_array();
  times(out, role.times);
  out.close_object();
}

void write(JsonWriter& out, const Permission& permission) {
  out.open_object().field("object", "permission");
  out.field("id", to_id(prefix::kPermission, permission.id)).field("slug", permission.slug);
  out.field("name", permission.name);
  field(out, "description", permission.description);
  out.field("system", false).field("resource_type_slug", permission.resource_type);
  times(out, permission.times);
  out.close_object();
}

void write(JsonWriter& out, const Factor& factor, Show show) {
  out.open_object().field("object", "authentication_factor");
  out.field("id", to_id(prefix::kFactor, factor.id)).field("type", "totp");
  out.field("user_id", to_id(prefix::kUser, factor.user->id));
  out.key("totp").open_object().field("issuer", factor.issuer).field("user", factor.account);
  if (show == Show::everything) {
    out.field("secret", factor.secret.reveal());
    out.field("qr_code", "data:image/png;base64,iVBORw0KGgo=");
    out.field("uri", otpauth_uri(factor));
  }
  out.close_object();
  times(out, factor.times);
  out.close_object();
}

void write(JsonWriter& out, const Challenge& challenge) {
  out.open_object().field("object", "authentication_challenge");
  out.field("id", to_id(prefix::kChallenge, challenge.id));
  out.field("authentication_factor_id", to_id(prefix::kFactor, challenge.factor->id));
  out.field("expires_at", to_iso8601(challenge.expires));
  times(out, challenge.times);
  out.close_object();
}

void write(JsonWriter& out, const Invitation& invitation) {
  out.open_object().field("object", "invitation");
  out.field("id", to_id(prefix::kInvitation, invitation.id)).field("email", invitation.email);
  out.field("state", to_string(invitation.state));
  field(out, "accepted_at", invitation.accepted);
  field(out, "revoked_at", invitation.revoked);
  out.field("expires_at", to_iso8601(invitation.expires));
  field(out, "organization_id", prefix::kOrganization, invitation.organization);
  field(out, "inviter_user_id", prefix::kUser, invitation.inviter);
  field(out, "accepted_user_id", prefix::kUser, invitation.accepted_by);
  field(out, "role_slug", invitation.role_slug);
  out.field("token", invitation.token);
  out.field("accept_invitation_url",
            "https://app.example.test/invite?invitation_token=" + invitation.token);
  times(out, invitation.times);
  out.close_object();
}

}  // namespace usher::sandbox
