// SPDX-License-Identifier: Apache-2.0
// Everybody and everything in the sandbox, with the indexes that keep the common questions fast at
// a million users: by id, e-mail and external id; memberships by user, by organization, by pair. It
// checks no rule: the handlers ask first, then change. Tested by directory_test.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sandbox/records.h"

namespace usher::sandbox {

class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  [[nodiscard]] User* find_user(std::string_view id);
  [[nodiscard]] User* user_by_email(std::string_view email) const;  // any case
  [[nodiscard]] User* user_by_external_id(std::string_view external_id) const;
  User& add(User user);
  void set_email(User& user, std::string email);
  void set_external_id(User& user, Text external_id);
  void remove(User& user);  // with memberships and factors

  [[nodiscard]] Organization* find_organization(std::string_view id);
  [[nodiscard]] Organization* find_organization(Ulid id);
  [[nodiscard]] Organization* organization_by_external_id(std::string_view external_id) const;
  [[nodiscard]] Organization* organization_by_stripe_id(std::string_view customer) const;
  Organization& add(Organization organization);
  void set_external_id(Organization& organization, Text external_id);
  void set_stripe_id(Organization& organization, Text customer);
  void remove(Organization& organization);  // with domains, roles and memberships

  [[nodiscard]] Domain* find_domain(std::string_view id);
  // The first of `but`'s rivals that has the domain.
  [[nodiscard]] const Domain* rival_domain(std::string_view name, const Organization* but) const;
  // Adds the organizations that have the domain.
  void collect_by_domain(std::string_view name, std::map<Ulid, Organization*>& found) const;
  Domain& add(Domain domain);
  void remove(Domain& domain);

  [[nodiscard]] Membership* find_membership(std::string_view id);
  [[nodiscard]] static Membership* find_pair(const User& user, const Organization& organization);
  Membership& add(Membership membership);
  static void set_roles(Membership& membership, std::vector<Role*> roles);
  void remove(Membership& membership);

  // Roles of the environment where `of` is null. `find_role` takes both for an organization.
  [[nodiscard]] Roles& roles(Organization* of) { return of != nullptr ? of->roles : roles_; }
  [[nodiscard]] Role* find_role(std::string_view slug, Organization* of);
  Role& add(Role role);
  void remove(Role& role);

  [[nodiscard]] Permission* find_permission(std::string_view slug);
  Permission& add(Permission permission);
  void remove(Permission& permission);  // from all roles, too

  [[nodiscard]] Factor* find_factor(std::string_view id);
  [[nodiscard]] Challenge* find_challenge(std::string_view id);
  Factor& add(Factor factor);
  Challenge& add(Challenge challenge);
  void remove(Factor& factor);

  [[nodiscard]] Invitation* find_invitation(std::string_view id);
  [[nodiscard]] Invitation* invitation_by_token(std::string_view token) const;
  // The newest for that address and organization (none: to the application), whatever its state.
  [[nodiscard]] Invitation* last_invitation(std::string_view email,
                                            std::optional<Ulid> organization) const;
  Invitation& add(Invitation invitation);

  [[nodiscard]] const std::map<Ulid, User>& users() const { return users_; }
  [[nodiscard]] const std::map<Ulid, Organization>& organizations() const { return organizations_; }
  [[nodiscard]] const std::map<Ulid, Domain>& domains() const { return domains_; }
  [[nodiscard]] const std::map<Ulid, Membership>& memberships() const { return memberships_; }
  [[nodiscard]] const std::map<Ulid, Permission>& permissions() const { return permissions_; }
  [[nodiscard]] const std::map<Ulid, Factor>& factors() const { return factors_; }
  [[nodiscard]] const std::map<Ulid, Invitation>& invitations() const { return invitations_; }

 private:
  struct CaselessHash {
    std::size_t operator()(std::string_view text) const;
  };
  struct CaselessEqual {
    bool operator()(std::string_view a, std::string_view b) const;
  };
  // The keys are views into the records themselves.
  template <class Record>
  using Index = std::unordered_map<std::string_view, Record*>;

  std::map<Ulid, User> users_;
  std::unordered_map<std::string_view, User*, CaselessHash, CaselessEqual> users_by_email_;
  Index<User> users_by_external_id_;
  std::map<Ulid, Organization> organizations_;
  Index<Organization> organizations_by_external_id_;
  Index<Organization> organizations_by_stripe_id_;
  std::map<Ulid, Domain> domains_;
  std::unordered_multimap<std::string_view, Domain*> domains_by_name_;
  std::map<Ulid, Membership> memberships_;
  Roles roles_;
  std::map<Ulid, Permission> permissions_;
  Index<Permission> permissions_by_slug_;
  std::map<Ulid, Factor> factors_;
  std::map<Ulid, Challenge> challenges_;
  std::map<Ulid, Invitation> invitations_;
  Index<Invitation> invitations_by_token_;
  std::unordered_multimap<std::string_view, Invitation*, CaselessHash, CaselessEqual>
      invitations_by_email_;
};

}  // namespace usher::sandbox
