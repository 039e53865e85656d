// SPDX-License-Identifier: Apache-2.0
// The indexes against a model that looks through everything, over random changes.
#include "sandbox/directory.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher::sandbox {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds(1'772'442'907'042)};

// Makes, changes and removes by chance, and knows the truth by searching.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed) {
    role_ = &directory.add(Role{.id = ids_.next(kNow), .slug = "member", .name = "Member"});
  }

  void step() {
    switch (random_.below(9)) {
      case 0:
      case 1:
        return add_user();
      case 2:
        return add_organization();
      case 3:
      case 4:
        return add_membership();
      case 5:
        return change();
      case 6:
        if (Membership* m = any_membership()) directory.remove(*m);
        return;
      case 7:
        if (User* u = any_user(); u != nullptr && random_.chance(0.3)) directory.remove(*u);
        return;
      default:
        if (Organization* o = any_organization(); o != nullptr && random_.chance(0.2)) {
          directory.remove(*o);
        }
    }
  }

  void check() {
    for (int n = 0; n < kNames; ++n) {
      const std::string email = fmt::format("U{}@Example.test", n);
      const std::string external = fmt::format("x{}", n);
      const User* by_email = nullptr;
      const User* by_external = nullptr;
      for (const auto& [id, user] : directory.users()) {
        if (equal_ignoring_case(user.email, email)) by_email = &user;
        if (user.external_id == external) by_external = &user;
      }
      ASSERT_EQ(directory.user_by_email(email), by_email);
      ASSERT_EQ(directory.user_by_external_id(external), by_external);
    }
    std::size_t held = 0;
    for (const auto& [id, membership] : directory.memberships()) {
      ASSERT_EQ(Directory::find_pair(*membership.user, *membership.organization), &membership);
      ASSERT_EQ(membership.user->memberships.at(id), &membership);
      ASSERT_EQ(membership.organization->memberships.at(id), &membership);
      held += membership.roles.size();
    }
    ASSERT_EQ(role_->holders, held);
    check_counts();
  }

  Directory directory;

 private:
  static constexpr int kNames = 12;

  void check_counts() {
    std::size_t of_users = 0;
    std::size_t of_organizations = 0;
    for (const auto& [id, user] : directory.users()) of_users += user.memberships.size();
    for (const auto& [id, each] : directory.organizations()) {
      ASSERT_EQ(each.memberships.size(), each.by_user.size());
      of_organizations += each.memberships.size();
    }
    ASSERT_EQ(of_users, directory.memberships().size());
    ASSERT_EQ(of_organizations, directory.memberships().size());
  }

  std::string email() { return fmt::format("u{}@example.test", random_.below(kNames)); }
  Text external() {
    if (random_.chance(0.5)) return {};
    return fmt::format("x{}", random_.below(kNames));
  }
  bool free(const Text& external) {
    return !external || directory.user_by_external_id(*external) == nullptr;
  }

  void add_user() {
    User user{.id = ids_.next(kNow), .email = email(), .external_id = external()};
    if (directory.user_by_email(user.email) != nullptr || !free(user.external_id)) return;
    directory.add(std::move(user));
  }
  void add_organization() {
    Text id = external();
    if (id && directory.organization_by_external_id(*id) != nullptr) return;
    directory.add(Organization{.id = ids_.next(kNow), .name = "o", .external_id = id});
  }
  void add_membership() {
    User* user = any_user();
    Organization* organization = any_organization();
    if (user == nullptr || organization == nullptr) return;
    if (Directory::find_pair(*user, *organization) != nullptr) return;
    directory.add(Membership{
        .id = ids_.next(kNow), .user = user, .organization = organization, .roles = {role_}});
  }
  void change() {
    User* user = any_user();
    if (user == nullptr) return;
    const std::string changed = email();
    if (directory.user_by_email(changed) == nullptr) directory.set_email(*user, changed);
    const Text id = external();
    if (free(id)) directory.set_external_id(*user, id);
  }

  template <class Map>
  auto any_id(const Map& map, std::string_view prefix) {
    if (map.empty()) return std::string();
    return to_id(prefix, std::next(map.begin(), std::ptrdiff_t(random_.below(map.size())))->first);
  }
  User* any_user() { return directory.find_user(any_id(directory.users(), prefix::kUser)); }
  Organization* any_organization() {
    return directory.find_organization(any_id(directory.organizations(), prefix::kOrganization));
  }
  Membership* any_membership() {
    return directory.find_membership(any_id(directory.memberships(), prefix::kMembership));
  }

  Random random_;
  IdMaker ids_{1};
  Role* role_ = nullptr;
};

TEST(Directory, AgreesWithASearchThroughEverything) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Chaos chaos(seed);
    for (int step = 0; step < 400; ++step) {
      chaos.step();
      ASSERT_NO_FATAL_FAILURE(chaos.check());
    }
  }
}

TEST(Directory, FindsDomainsOfSeveralOwners) {
  Directory directory;
  IdMaker ids(1);
  Organization& a = directory.add(Organization{.id = ids.next(kNow), .name = "a"});
  Organization& b = directory.add(Organization{.id = ids.next(kNow), .name = "b"});
  Domain& of_a =
      directory.add(Domain{.id = ids.next(kNow), .organization = &a, .name = "shared.test"});
  EXPECT_EQ(directory.rival_domain("shared.test", &a), nullptr);
  EXPECT_EQ(directory.rival_domain("shared.test", &b), &of_a);
  directory.add(Domain{.id = ids.next(kNow), .organization = &b, .name = "shared.test"});
  std::map<Ulid, Organization*> found;
  directory.collect_by_domain("shared.test", found);
  EXPECT_EQ(found.size(), 2U);
  directory.remove(of_a);
  EXPECT_TRUE(a.domains.empty());
  EXPECT_EQ(directory.rival_domain("shared.test", &b), nullptr);
}

}  // namespace
}  // namespace usher::sandbox
