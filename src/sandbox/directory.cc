// SPDX-License-Identifier: Apache-2.0
#include "sandbox/directory.h"

#include <algorithm>

#include "base/text.h"

namespace usher::sandbox {

namespace {

template <class Record>
Record* find(std::map<Ulid, Record>& records, std::string_view prefix, std::string_view id) {
  const auto ulid = parse_id(prefix, id);
  if (!ulid) return nullptr;
  const auto found = records.find(*ulid);
  return found == records.end() ? nullptr : &found->second;
}

template <class Index>
typename Index::mapped_type find(const Index& index, std::string_view key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : found->second;
}

// New records are the newest, so that they go at the end.
template <class Record>
Record& append(std::map<Ulid, Record>& records, Record record) {
  const Ulid id = record.id;
  return records.emplace_hint(records.end(), id, std::move(record))->second;
}

// Changes the text an index looks at, and the index with it.
template <class Index, class Record>
void reindex(Index& index, Record& record, Text& text, Text changed) {
  if (text) index.erase(*text);
  text = std::move(changed);
  if (text) index.emplace(*text, &record);
}

template <class Index, class Record>
void erase_one(Index& index, std::string_view key, const Record& record) {
  const auto [first, last] = index.equal_range(key);
  const auto found = std::find_if(first, last, [&](const auto& e) { return e.second == &record; });
  if (found != last) index.erase(found);
}

constexpr unsigned char fold(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte | 0x20) : byte;
}

}  // namespace

std::size_t Directory::CaselessHash::operator()(std::string_view text) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char letter : text) hash = (hash ^ fold(letter)) * 0x100000001b3ULL;
  return hash;
}

bool Directory::CaselessEqual::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::equal(a, b, [](char x, char y) { return fold(x) == fold(y); });
}

// --- users ------------------------------------------------------------------------------------

User* Directory::find_user(std::string_view id) {
  return find(users_, prefix::kUser, id);
}
User* Directory::user_by_email(std::string_view email) const {
  return find(users_by_email_, email);
}
User* Directory::user_by_external_id(std::string_view external_id) const {
  return find(users_by_external_id_, external_id);
}

User& Directory::add(User user) {
  User& added = append(users_, std::move(user));
  users_by_email_.emplace(added.email, &added);
  if (added.external_id) users_by_external_id_.emplace(*added.external_id, &added);
  return added;
}

void Directory::set_email(User& user, std::string email) {
  users_by_email_.erase(user.email);
  user.email = std::move(email);
  users_by_email_.emplace(user.email, &user);
}

void Directory::set_external_id(User& user, Text external_id) {
  reindex(users_by_external_id_, user, user.external_id, std::move(external_id));
}

void Directory::remove(User& user) {
  while (!user.memberships.empty()) remove(*user.memberships.begin()->second);
  while (!user.factors.empty()) remove(*user.factors.begin()->second);
  set_external_id(user, {});
  users_by_email_.erase(user.email);
  users_.erase(user.id);
}

// --- organizations and domains ----------------------------------------------------------------

Organization* Directory::find_organization(std::string_view id) {
  return find(organizations_, prefix::kOrganization, id);
}
Organization* Directory::find_organization(Ulid id) {
  const auto found = organizations_.find(id);
  return found == organizations_.end() ? nullptr : &found->second;
}
Organization* Directory::organization_by_external_id(std::string_view external_id) const {
  return find(organizations_by_external_id_, external_id);
}
Organization* Directory::organization_by_stripe_id(std::string_view customer) const {
  return find(organizations_by_stripe_id_, customer);
}

Organization& Directory::add(Organization organization) {
  Organization& added = append(organizations_, std::move(organization));
  if (added.external_id) organizations_by_external_id_.emplace(*added.external_id, &added);
  return added;
}

void Directory::set_external_id(Organization& organization, Text external_id) {
  reindex(organizations_by_external_id_, organization, organization.external_id,
          std::move(external_id));
}

void Directory::set_stripe_id(Organization& organization, Text customer) {
  reindex(organizations_by_stripe_id_, organization, organization.stripe_customer_id,
          std::move(customer));
}

void Directory::remove(Organization& organization) {
  while (!organization.memberships.empty()) remove(*organization.memberships.begin()->second);
  while (!organization.domains.empty()) remove(*organization.domains.back());
  set_external_id(organization, {});
  set_stripe_id(organization, {});
  organizations_.erase(organization.id);
}

Domain* Directory::find_domain(std::string_view id) {
  return find(domains_, prefix::kDomain, id);
}

const Domain* Directory::rival_domain(std::string_view name, const Organization* but) const {
  const auto [first, last] = domains_by_name_.equal_range(name);
  const auto found =
      std::find_if(first, last, [&](const auto& e) { return e.second->organization != but; });
  return found == last ? nullptr : found->second;
}

void Directory::collect_by_domain(std::string_view name,
                                  std::map<Ulid, Organization*>& found) const {
  const auto [first, last] = domains_by_name_.equal_range(name);
  for (auto at = first; at != last; ++at) {
    Organization* const organization = at->second->organization;
    found.emplace(organization->id, organization);
  }
}

Domain& Directory::add(Domain domain) {
  Domain& added = append(domains_, std::move(domain));
  added.organization->domains.push_back(&added);
  domains_by_name_.emplace(added.name, &added);
  return added;
}

void Directory::remove(Domain& domain) {
  std::erase(domain.organization->domains, &domain);
  erase_one(domains_by_name_, domain.name, domain);
  domains_.erase(domain.id);
}

// --- memberships and roles --------------------------------------------------------------------

Membership* Directory::find_membership(std::string_view id) {
  return find(memberships_, prefix::kMembership, id);
}

Membership* Directory::find_pair(const User& user, const Organization& organization) {
  const auto found = organization.by_user.find(user.id);
  return found == organization.by_user.end() ? nullptr : found->second;
}

Membership& Directory::add(Membership membership) {
  Membership& added = append(memberships_, std::move(membership));
  added.user->memberships.emplace(added.id, &added);
  added.organization->memberships.emplace_hint(added.organization->memberships.end(), added.id,
                                               &added);
  added.organization->by_user.emplace(added.user->id, &added);
  for (Role* role : added.roles) ++role->holders;
  return added;
}

void Directory::set_roles(Membership& membership, std::vector<Role*> roles) {
  for (Role* role : roles) ++role->holders;
  for (Role* role : membership.roles) --role->holders;
  membership.roles = std::move(roles);
}

void Directory::remove(Membership& membership) {
  set_roles(membership, {});
  membership.user->memberships.erase(membership.id);
  membership.organization->memberships.erase(membership.id);
  membership.organization->by_user.erase(membership.user->id);
  memberships_.erase(membership.id);
}

Role* Directory::find_role(std::string_view slug, Organization* of) {
  const auto has_slug = [&](const std::unique_ptr<Role>& role) { return role->slug == slug; };
  for (Roles* book : {of != nullptr ? &of->roles : &roles_, &roles_}) {
    const auto found = std::ranges::find_if(*book, has_slug);
    if (found != book->end()) return found->get();
  }
  return nullptr;
}

Role& Directory::add(Role role) {
  return *roles(role.organization).emplace_back(std::make_unique<Role>(std::move(role)));
}

void Directory::remove(Role& role) {
  std::erase_if(roles(role.organization), [&](const auto& each) { return each.get() == &role; });
}

Permission* Directory::find_permission(std::string_view slug) {
  return find(permissions_by_slug_, slug);
}

Permission& Directory::add(Permission permission) {
  Permission& added = append(permissions_, std::move(permission));
  permissions_by_slug_.emplace(added.slug, &added);
  return added;
}

void Directory::remove(Permission& permission) {
  const auto strip = [&](Roles& book) {
    for (auto& role : book) std::erase(role->permissions, permission.slug);
  };
  strip(roles_);
  for (auto& [id, organization] : organizations_) strip(organization.roles);
  permissions_by_slug_.erase(permission.slug);
  permissions_.erase(permission.id);
}

// --- factors and invitations ------------------------------------------------------------------

Factor* Directory::find_factor(std::string_view id) {
  return find(factors_, prefix::kFactor, id);
}
Challenge* Directory::find_challenge(std::string_view id) {
  return find(challenges_, prefix::kChallenge, id);
}

Factor& Directory::add(Factor factor) {
  Factor& added = append(factors_, std::move(factor));
  added.user->factors.emplace(added.id, &added);
  return added;
}

Challenge& Directory::add(Challenge challenge) {
  Challenge& added = append(challenges_, challenge);
  added.factor->challenges.push_back(added.id);
  return added;
}

void Directory::remove(Factor& factor) {
  for (const Ulid challenge : factor.challenges) challenges_.erase(challenge);
  factor.user->factors.erase(factor.id);
  factors_.erase(factor.id);
}

Invitation* Directory::find_invitation(std::string_view id) {
  return find(invitations_, prefix::kInvitation, id);
}
Invitation* Directory::invitation_by_token(std::string_view token) const {
  return find(invitations_by_token_, token);
}

Invitation* Directory::last_invitation(std::string_view email,
                                       std::optional<Ulid> organization) const {
  Invitation* last = nullptr;
  const auto [first, end] = invitations_by_email_.equal_range(email);
  for (auto at = first; at != end; ++at) {
    Invitation* const each = at->second;
    if (each->organization == organization && (last == nullptr || each->id > last->id)) last = each;
  }
  return last;
}

Invitation& Directory::add(Invitation invitation) {
  Invitation& added = append(invitations_, std::move(invitation));
  invitations_by_token_.emplace(added.token, &added);
  invitations_by_email_.emplace(added.email, &added);
  return added;
}

}  // namespace usher::sandbox
