// SPDX-License-Identifier: Apache-2.0
#include "sandbox/invitations.h"

#include "base/text.h"
#include "sandbox/fields.h"
#include "sandbox/form.h"
#include "sandbox/memberships.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"

namespace usher::sandbox {

namespace {

constexpr int kDefaultDays = 7;
constexpr int kMostDays = 30;

// What it is by now: nobody writes down that an invitation has expired.
InvitationState state_at(const Invitation& invitation, WallTime now) {
  const bool late = invitation.state == InvitationState::pending && invitation.expires <= now;
  return late ? InvitationState::expired : invitation.state;
}

Invitation seen_at(Invitation invitation, WallTime now) {
  invitation.state = state_at(invitation, now);
  return invitation;
}

Outcome answer(int status, const Invitation& invitation, WallTime now) {
  return json(status, render(seen_at(invitation, now)));
}

Checked<Invitation*> invitation_in_path(Desk& desk, const Call& call) {
  Invitation* invitation = desk.directory.find_invitation(call.part(0));
  if (invitation == nullptr) return refuse(not_found("Invitation", call.part(0)));
  return invitation;
}

struct Invited {
  Organization* organization = nullptr;
  User* user = nullptr;  // where the address is known already
  Role* role = nullptr;
};

Checked<void> check_conflicts(Desk& desk, const std::string& email, const Invited& invited,
                              WallTime now) {
  const bool joins = invited.organization != nullptr;
  if (invited.user != nullptr && !joins) {
    return refuse(coded(400, "user_already_exists", "A user with this email already exists."));
  }
  const Membership* membership = invited.user != nullptr
                                     ? Directory::find_pair(*invited.user, *invited.organization)
                                     : nullptr;
  if (membership != nullptr && membership->status != MembershipStatus::pending) {
    return refuse(coded(400, "user_already_organization_member",
                        "The user is already a member of this organization."));
  }
  std::optional<Ulid> organization;
  if (joins) organization = invited.organization->id;
  const Invitation* last = desk.directory.last_invitation(email, organization);
  if (last == nullptr || state_at(*last, now) != InvitationState::pending) return {};
  if (joins) {
    return refuse(coded(400, "email_already_invited_to_organization",
                        "This email has already been invited to the organization."));
  }
  return refuse(coded(400, "email_already_invited", "This email has already been invited."));
}

Checked<int> check_days(std::optional<std::int64_t> days) {
  if (!days) return kDefaultDays;
  if (*days < 1) {
    return refuse(coded(400, "expires_in_days_too_short", "Expires in days should be at least 1."));
  }
  if (*days > kMostDays) {
    return refuse(coded(400, "expires_in_days_too_long", "Expires in days should be at most 30."));
  }
  return static_cast<int>(*days);
}

Checked<Invited> find_invited(Desk& desk, const std::string& email, const Text& organization_id,
                              const Text& role_slug) {
  Invited invited{.user = desk.directory.user_by_email(email)};
  if (organization_id) {
    invited.organization = desk.directory.find_organization(*organization_id);
    if (invited.organization == nullptr) return refuse(not_found("Organization", *organization_id));
  }
  const WantedRoles wanted{.one = role_slug};
  if (invited.organization == nullptr) return invited;
  const auto roles = resolve_roles(desk, wanted, *invited.organization);
  if (!roles) return refuse(coded(400, "invalid_role", "The role is not valid."));
  invited.role = roles->front();
  return invited;
}

void await_membership(Desk& desk, const Invited& invited, WallTime now) {
  if (invited.user == nullptr || invited.organization == nullptr) return;
  if (Directory::find_pair(*invited.user, *invited.organization) != nullptr) return;
  const Membership& made = desk.directory.add(Membership{.id = desk.ids.next(now),
                                                         .user = invited.user,
                                                         .organization = invited.organization,
                                                         .status = MembershipStatus::pending,
                                                         .roles = {invited.role},
                                                         .times = {now, now}});
  desk.emit("organization_membership.created", render(made), now, invited.organization->id);
}

Outcome send_invitation(Desk& desk, const Call& call) {
  Form form(call);
  const WallTime now = call.now.wall;
  const std::string email = tidy_email(form.required_text("email"), true);
  if (!email.empty() && !looks_like_email(email)) {
    form.refuse("email", "email_required", "Email should be a valid email address.");
  }
  const Text organization_id = form.text("organization_id");
  const Text role_slug = form.text("role_slug");
  const Text inviter_id = form.text("inviter_user_id");
  const auto asked_days = form.number("expires_in_days");
  (void)form.text("locale");
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY_ASSIGN(const int days, check_days(asked_days));
  std::optional<Ulid> inviter;
  if (inviter_id) {
    const User* user = desk.directory.find_user(*inviter_id);
    if (user == nullptr) return refuse(not_found("User", *inviter_id));
    inviter = user->id;
  }
  USHER_TRY_ASSIGN(const Invited invited, find_invited(desk, email, organization_id, role_slug));
  USHER_TRY(check_conflicts(desk, email, invited, now));

  await_membership(desk, invited, now);
  std::optional<Ulid> organization;
  if (invited.organization != nullptr) organization = invited.organization->id;
  const Invitation& made = desk.directory.add(Invitation{.id = desk.ids.next(now),
                                                         .email = email,
                                                         .expires = now + std::chrono::days(days),
                                                         .organization = organization,
                                                         .inviter = inviter,
                                                         .role_slug = role_slug,
                                                         .token = desk.ids.token(25),
                                                         .times = {now, now}});
  std::string body = render(made);
  desk.emit("invitation.created", body, now, organization);
  return json(201, std::move(body));
}

Outcome list_invitations(Desk& desk, const Call& call) {
  const PageRules rules{.prefix = prefix::kInvitation, .lenient = desk.options.lenient_pages};
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  const auto email = call.parameter("email");
  std::optional<Ulid> organization;
  if (const auto id = call.parameter("organization_id")) {
    organization = parse_id(prefix::kOrganization, *id).value_or(Ulid{});
  }
  const auto page = cut_page(desk.directory.invitations(), request, [&](const auto& entry) {
    return (!email || equal_ignoring_case(entry.second.email, trim(*email))) &&
           (!organization || entry.second.organization == organization);
  });
  return list(page, prefix::kInvitation, [&](auto& out, const auto& entry) {
    write(out, seen_at(entry.second, call.now.wall));
  });
}

Outcome get_invitation(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Invitation* invitation, invitation_in_path(desk, call));
  return answer(200, *invitation, call.now.wall);
}

Outcome get_invitation_by_token(Desk& desk, const Call& call) {
  const Invitation* invitation = desk.directory.invitation_by_token(call.part(0));
  if (invitation == nullptr) return refuse(not_found("Invitation", call.part(0)));
  return answer(200, *invitation, call.now.wall);
}

Checked<Invitation*> pending_in_path(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Invitation * invitation, invitation_in_path(desk, call));
  if (state_at(*invitation, call.now.wall) != InvitationState::pending) {
    return refuse(coded(400, "invite_not_pending", "The invitation is not pending."));
  }
  return invitation;
}

void join(Desk& desk, User& user, Organization& organization, const Invitation& invitation,
          WallTime now) {
  Membership* membership = Directory::find_pair(user, organization);
  if (membership != nullptr) {
    if (membership->status == MembershipStatus::active) return;
    membership->status = MembershipStatus::active;
    membership->times.touch(now);
    desk.emit("organization_membership.updated", render(*membership), now, organization.id);
    return;
  }
  auto roles = resolve_roles(desk, {.one = invitation.role_slug}, organization);
  if (!roles) roles = resolve_roles(desk, {}, organization);  // the role went meanwhile
  const Membership& made = desk.directory.add(Membership{.id = desk.ids.next(now),
                                                         .user = &user,
                                                         .organization = &organization,
                                                         .roles = std::move(*roles),
                                                         .times = {now, now}});
  desk.emit("organization_membership.created", render(made), now, organization.id);
}

Outcome accept_invitation(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Invitation * invitation, pending_in_path(desk, call));
  const WallTime now = call.now.wall;
  User* user = desk.directory.user_by_email(invitation->email);
  if (user == nullptr) {
    return refuse(coded(400, "invalid_invite", "The invited user has not signed up yet."));
  }
  if (invitation->organization) {
    Organization* organization = desk.directory.find_organization(*invitation->organization);
    if (organization == nullptr) {
      return refuse(coded(400, "invalid_invite", "The organization no longer exists."));
    }
    join(desk, *user, *organization, *invitation, now);
  }
  invitation->state = InvitationState::accepted;
  invitation->accepted = now;
  invitation->accepted_by = user->id;
  invitation->times.touch(now);
  desk.emit("invitation.accepted", render(*invitation), now, invitation->organization);
  return answer(200, *invitation, now);
}

Outcome revoke_invitation(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Invitation * invitation, pending_in_path(desk, call));
  const WallTime now = call.now.wall;
  User* user = desk.directory.user_by_email(invitation->email);
  Organization* organization = invitation->organization
                                   ? desk.directory.find_organization(*invitation->organization)
                                   : nullptr;
  if (user != nullptr && organization != nullptr) {
    Membership* membership = Directory::find_pair(*user, *organization);
    if (membership != nullptr && membership->status == MembershipStatus::pending) {
      desk.emit("organization_membership.deleted", render(*membership), now, organization->id);
      desk.directory.remove(*membership);
    }
  }
  invitation->state = InvitationState::revoked;
  invitation->revoked = now;
  invitation->times.touch(now);
  desk.emit("invitation.revoked", render(*invitation), now, invitation->organization);
  return answer(200, *invitation, now);
}

Outcome resend_invitation(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Invitation * invitation, invitation_in_path(desk, call));
  switch (state_at(*invitation, call.now.wall)) {
    case InvitationState::accepted:
      return refuse(coded(400, "invite_accepted", "The invitation was accepted."));
    case InvitationState::expired:
      return refuse(coded(400, "invite_expired", "The invitation has expired."));
    case InvitationState::revoked:
      return refuse(coded(400, "invite_revoked", "The invitation was revoked."));
    case InvitationState::pending:
      break;
  }
  invitation->times.touch(call.now.wall);
  return answer(200, *invitation, call.now.wall);
}

constexpr Route kRoutes[] = {
    {"POST", "/user_management/invitations", send_invitation},
    {"GET", "/user_management/invitations", list_invitations},
    {"GET", "/user_management/invitations/{id}", get_invitation},
    {"GET", "/user_management/invitations/by_token/{token}", get_invitation_by_token},
    {"POST", "/user_management/invitations/{id}/accept", accept_invitation},
    {"POST", "/user_management/invitations/{id}/revoke", revoke_invitation},
    {"POST", "/user_management/invitations/{id}/resend", resend_invitation},
};

}  // namespace

std::span<const Route> invitation_routes() {
  return kRoutes;
}

}  // namespace usher::sandbox
