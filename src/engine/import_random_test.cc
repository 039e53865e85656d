// SPDX-License-Identifier: Apache-2.0
// The import machine over the space: random rows against answers of every kind, and against an API
// whose outcome a simple model can tell.
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/machine_test.h"
#include "engine/responses_test.h"
#include "engine/small_api_test.h"

namespace usher {
namespace {

using net::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<UserRow> random_rows(Random& random, std::size_t most) {
  std::vector<UserRow> rows(1 + random.below(most));
  for (UserRow& row : rows) {
    const auto person = random.below(1 + most / 2);
    row.email = fmt::format("{}{}@example.com", random.chance(0.3) ? "P" : "p", person);
    if (random.chance(0.7)) row.external_id = fmt::format("crm-{}", person);
    if (random.chance(0.1)) row.external_id = "crm-other";
    if (random.chance(0.2)) row.first_name = "Ada";
    if (random.chance(0.8)) {
      const auto organization = fmt::format("acct{}", random.below(4));
      row.org = {OrgRef::By::external_id, organization, "Name", random.chance(0.9)};
    }
    for (const char* role : {"editor", "viewer", "ghost"}) {
      if (row.org.by != OrgRef::By::none && random.chance(0.2)) row.roles.emplace_back(role);
    }
  }
  return rows;
}

Import::Options random_options(Random& random) {
  Import::Options options;
  options.concurrency = 1 + static_cast<int>(random.below(12));
  options.existing = static_cast<Existing>(random.below(3));
  options.require_membership = random.chance(0.3);
  options.retry.attempts = 1 + static_cast<int>(random.below(5));
  options.seed = random.next();
  options.nonce = "n";
  if (random.chance(0.3)) {
    options.windows = {
        {"all", 30, seconds{2}}, {"reads", 10, seconds{1}}, {"writes", 5, seconds{1}}};
  }
  return options;
}

// --- answers of every kind ---------------------------------------------------------------------

class AnyAnswer {
 public:
  AnyAnswer(std::uint64_t seed, double deadly) : random_(seed), deadly_(deadly) {}

  net::Response operator()(const net::Request& /*request*/) {
    if (random_.chance(deadly_)) return reply(random_.chance(0.5) ? 401 : 403);
    switch (random_.below(8)) {
      case 0:
        return trouble();
      case 1:
      case 2:
        return refusal();
      case 3:
        return reply(200, random_.chance(0.5) ? R"({"data":[]})" : "{}");
      default:
        return reply(random_.chance(0.5) ? 200 : 201, good());
    }
  }

 private:
  net::Response trouble() {
    switch (random_.below(6)) {
      case 0:
        return lost();
      case 1:
        return unreachable();
      case 2:
        return reply(429, "{}", random_.chance(0.5) ? "1" : "");
      case 3:
        return reply(503, "<html>", random_.chance(0.5) ? "1" : "");
      case 4:
        return reply(200, "<html>");
      default:
        return reply(random_.chance(0.5) ? 408 : 500);
    }
  }
  net::Response refusal() {
    static constexpr std::array kCodes = {"email_not_available",
                                          "external_id_already_used",
                                          "organization_membership_already_exists",
                                          "cannot_reactivate_pending_organization_membership",
                                          "multiple_roles_not_enabled",
                                          "invalid_role",
                                          "entity_not_found"};
    static constexpr std::array kStatuses = {400, 404, 409, 422};
    return reply(
        kStatuses[random_.below(kStatuses.size())],
        fmt::format(R"({{"code":"{}","message":"No."}})", kCodes[random_.below(kCodes.size())]));
  }
  // An object that may be a user, a membership and an organization; alone or in a list.
  std::string good() {
    static constexpr std::array kStates = {"active", "active", "inactive", "pending"};
    std::string object = fmt::format(
        R"({{"id":"x{}","name":"Name","email":"p{}@example.com","external_id":{},"user_id":"x{}",)"
        R"("organization_id":"x{}","status":"{}","roles":[{{"slug":"{}"}}],"created_at":"{}"}})",
        random_.below(5), random_.below(5), random_.chance(0.5) ? "null" : "\"crm-1\"",
        random_.below(5), random_.below(5), kStates[random_.below(kStates.size())],
        random_.chance(0.5) ? "editor" : "member",
        random_.chance(0.5) ? "2020-01-01T00:00:00.000Z" : "2040-01-01T00:00:00.000Z");
    if (random_.chance(0.5)) return object;
    return R"({"data":[)" + object + R"(],"list_metadata":{"after":)" +
           (random_.chance(0.1) ? "\"x\"" : "null") + "}}";
  }

  Random random_;
  double deadly_;
};

// Whatever is answered, in whatever order: it ends, every row in one count, every thing in the
// count that the store gives it, and nobody's requests are ever two at once.
TEST(RandomImports, I9EveryRowEndsOnceWhateverIsAnswered) {
  std::uint64_t requests = 0;
  for (std::uint64_t seed = 1; seed <= 6'000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const Import::Options options = random_options(random);
    const std::vector<UserRow> rows = random_rows(random, 40);
    Machine machine(options, AnyAnswer(seed, random.chance(0.2) ? 0.01 : 0.0), seed);
    machine.on_send = [&](const net::Request&) {
      EXPECT_LE(machine.import.in_flight(), options.concurrency);
    };
    machine.run(rows);
    ASSERT_FALSE(testing::Test::HasFailure());
    requests += machine.import.tally().traffic.requests;
  }
  EXPECT_GT(requests, 100'000U);
}

TEST(RandomImports, I9HoldsForAStopAtAnyTime) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const std::vector<UserRow> rows = random_rows(random, 40);
    Machine machine(random_options(random), AnyAnswer(seed, 0.0), seed);
    machine.take(rows);
    for (std::uint64_t i = random.below(100); i > 0 && !machine.import.idle(); --i) {
      machine.happen();
      machine.take(rows);
    }
    machine.import.stop();
    machine.obey();
    for (int rounds = 0; !machine.import.idle(); ++rounds) {
      ASSERT_LT(rounds, 100'000);
      machine.happen();
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
    EXPECT_EQ(machine.import.in_flight(), 0);
    machine.expect_accounted(machine.import.tally().rows.read);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

// --- I4 ----------------------------------------------------------------------------------------

// "p7" out of any request that names the person by the e-mail; ids are of the API's making.
std::string person_in(const net::Request& request) {
  const std::string email =
      request.method == Method::get ? query_of(request, "email") : field_of(request, "email");
  return lower_ascii(email);
}

TEST(RandomImports, I4NobodyIsAskedForTwiceAtOnce) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    SmallApi api;
    Machine machine(random_options(random), [&](const net::Request& r) { return api(r); }, seed);
    machine.on_send = [&](const net::Request& request) {
      const std::string person = person_in(request);
      for (const Turn::Send& other : machine.flights) {
        EXPECT_TRUE(person.empty() || person_in(other.request) != person) << person;
        const bool same = other.request.path == request.path && other.request.body == request.body;
        EXPECT_FALSE(same) << request.path << " " << request.body;
      }
    };
    machine.run(random_rows(random, 60));
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

// --- a simple model ----------------------------------------------------------------------------

struct Model {
  struct There {
    std::string external_id;
    std::map<std::string, std::set<std::string>> memberships;
  };
  std::map<std::string, There> people;  // by lower-case e-mail; the directory beforehand
  std::set<std::string> organizations;
};

Model random_directory(Random& random, SmallApi& api) {
  Model model;
  for (int i = 0; i < 4; ++i) {
    if (random.chance(0.5)) continue;
    const std::string organization = fmt::format("acct{}", i);
    api.add_organization(organization);
    model.organizations.insert(organization);
  }
  for (int i = 0; i < 10; ++i) {
    if (random.chance(0.5)) continue;
    const std::string email = fmt::format("p{}@example.com", i);
    const std::string external_id = random.chance(0.5) ? fmt::format("crm-{}", i) : "";
    const std::string user = api.add_user(email, external_id);
    Model::There& there = model.people[email];
    there.external_id = external_id;
    for (const std::string& organization : model.organizations) {
      if (random.chance(0.5)) continue;
      const std::set<std::string> roles{random.chance(0.5) ? "member" : "admin"};
      api.memberships[{user, "org_" + organization}].roles = roles;
      there.memberships[organization] = roles;
    }
  }
  return model;
}

// What the rows should come to, in the plainest words, one row after the other.
class Reckoning {
 public:
  explicit Reckoning(Model model) : before_(model), model_(std::move(model)) {}

  void take(const UserRow& row) {
    const bool member = row.org.by != OrgRef::By::none;
    if (member) organization(row.org.value);
    bool made = false;
    const bool welcome = person(row, made);
    if (welcome && member) membership(row, made);
    ++(!welcome ? tally_.rows.failed : made ? tally_.rows.created : tally_.rows.unchanged);
  }
  // As SmallApi holds them.
  [[nodiscard]] std::map<std::string, std::set<std::string>> roles() const {
    std::map<std::string, std::set<std::string>> result;
    for (const auto& [email, there] : model_.people) {
      for (const auto& [name, roles] : there.memberships) {
        result[fmt::format("{} org_{}", email, name)] = roles;
      }
    }
    return result;
  }
  Tally tally() {
    for (const auto& [email, person] : people_) {
      ++(person.refused ? tally_.users.failed
         : person.made  ? tally_.users.created
                        : tally_.users.already_there);
    }
    for (const auto& [names, state] : memberships_) {
      recount(tally_.memberships, StepState::absent, state);
    }
    return tally_;
  }

 private:
  struct Reckoned {
    bool made = false;
    bool refused = true;  // by every row so far
    std::string external_id;
  };

  void organization(const std::string& name) {
    if (!found_.insert(name).second) return;
    const bool there = model_.organizations.contains(name);
    ++(there ? tally_.organizations.already_there : tally_.organizations.created);
  }

  static bool clash(const std::string& one, const std::string& other) {
    return !one.empty() && !other.empty() && one != other;
  }
  bool person(const UserRow& row, bool& made) {
    const std::string email = lower_ascii(row.email);
    Reckoned& known = people_[email];
    if (!known.refused) return !clash(known.external_id, row.external_id);
    const auto there = before_.people.find(email);
    const bool is_there = there != before_.people.end();
    if (is_there && clash(there->second.external_id, row.external_id)) return false;
    known = {.made = !is_there, .refused = false, .external_id = row.external_id};
    made = !is_there;
    return true;
  }

  void membership(const UserRow& row, bool& made) {
    const std::string email = lower_ascii(row.email);
    const std::string& name = row.org.value;
    auto& there = model_.people[email].memberships;
    StepState& state = memberships_[{email, name}];
    if (!there.contains(name)) {
      state = StepState::created;
      there[name] = {row.roles.begin(), row.roles.end()};
      if (row.roles.empty()) there[name] = {"member"};
      made = true;
      return;
    }
    std::set<std::string>& roles = there[name];
    if (state == StepState::absent) {
      state = StepState::already_there;
      // A default role gives way to the first that somebody asks for.
      if (!row.roles.empty() && roles == std::set<std::string>{"member"}) roles.clear();
    }
    for (const std::string& role : row.roles) {
      if (!roles.insert(role).second) continue;
      made = true;
      if (state == StepState::already_there) state = StepState::updated;
    }
  }

  Model before_;
  Model model_;
  Tally tally_;
  std::set<std::string> found_;
  std::map<std::string, Reckoned> people_;
  std::map<std::pair<std::string, std::string>, StepState> memberships_;
};

TEST(RandomImports, TheTallyIsWhatASimpleModelSays) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    SmallApi api;
    const Model before = random_directory(random, api);
    std::vector<UserRow> rows = random_rows(random, 20);
    for (UserRow& row : rows) {
      row.org.may_create = true;
      std::erase(row.roles, "ghost");
    }
    Import::Options options = random_options(random);
    options.existing = Existing::link;
    options.require_membership = false;
    Machine machine(options, [&](const net::Request& request) { return api(request); }, seed);
    machine.run(rows);
    Reckoning reckoning(before);
    for (const UserRow& row : rows) reckoning.take(row);
    std::map<std::string, std::set<std::string>> roles;
    for (const auto& [names, member] : api.memberships) {
      roles[lower_ascii(api.users[names.first].email) + " " + names.second] = member.roles;
    }
    EXPECT_EQ(roles, reckoning.roles());
    const Tally wanted = reckoning.tally();
    const Tally& got = machine.import.tally();
    EXPECT_EQ(got.rows.created, wanted.rows.created);
    EXPECT_EQ(got.rows.unchanged, wanted.rows.unchanged);
    EXPECT_EQ(got.rows.failed, wanted.rows.failed);
    EXPECT_EQ(got.rows.not_tried, 0U);
    Machine::expect_same(got.users, wanted.users, "users");
    Machine::expect_same(got.memberships, wanted.memberships, "memberships");
    Machine::expect_same(got.organizations, wanted.organizations, "organizations");
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace usher
