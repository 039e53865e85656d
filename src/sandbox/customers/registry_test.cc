// SPDX-License-Identifier: Apache-2.0
// Who is there: names that belong to one alone, and a comparison with a plain model.
#include "sandbox/customers/registry.h"

#include <array>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::sandbox::customers {
namespace {

ImportItem item(const char* change, const char* id, const char* username = "",
                const char* email = "", const char* text = "{}") {
  ImportItem made;
  made.text = text;
  made.change = change;
  made.id = id;
  made.username = username;
  made.email = email;
  return made;
}

TEST(CustomerRegistry, LetsAUsernameAndAnEmailBelongToOneAlone) {
  Registry registry(true);
  EXPECT_EQ(registry.carry_out(item("CREATE", "1", "u", "e")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("CREATE", "2", "u")).code, "CONFLICT");
  EXPECT_EQ(registry.carry_out(item("CREATE", "2", "", "e")).code, "CONFLICT");
  EXPECT_EQ(registry.carry_out(item("CREATE", "2", "v", "f")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("UPDATE", "2", "u")).code, "CONFLICT");
  EXPECT_EQ(registry.carry_out(item("UPSERT", "3", "", "f")).code, "CONFLICT");
  EXPECT_EQ(registry.carry_out(item("UPDATE", "2", "w", "g")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("CREATE", "3", "v", "f")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("DELETE", "1")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("CREATE", "4", "u", "e")).code, "SUCCESS");
  EXPECT_EQ(registry.size(), 3U);
}

TEST(CustomerRegistry, FindsACustomerByAnyNameAndGivesAnIdToWhoHasNone) {
  Registry registry(true);
  EXPECT_EQ(registry.receive(item("CREATE", "", "", "e")), 1U);
  const Carried made = registry.carry_out(item("CREATE", "", "", "e"));
  ASSERT_NE(made.record, nullptr);
  EXPECT_EQ(made.record->id, "sandbox-1");
  EXPECT_EQ(made.record->username, "e");
  EXPECT_EQ(registry.receive(item("UPDATE", "", "e")), 2U);
  EXPECT_EQ(registry.carry_out(item("UPDATE", "", "e", "", "new")).code, "SUCCESS");
  EXPECT_EQ(registry.carry_out(item("CREATE", "", "", "e")).code, "CONFLICT");
  EXPECT_EQ(registry.carry_out(item("CREATE", "sandbox-1")).code, "CONFLICT");
  EXPECT_EQ(registry.records().size(), 1U);
  EXPECT_EQ(registry.records().front().text, "new");
}

TEST(CustomerRegistry, CountsWhoIsNamedThoughNotThere) {
  Registry registry(true);
  EXPECT_EQ(registry.receive(item("CREATE", "1", "u")), 1U);
  EXPECT_EQ(registry.receive(item("CREATE", "1", "u")), 2U);
  EXPECT_EQ(registry.receive(item("CREATE", "2", "u")), 1U);
  EXPECT_EQ(registry.receive(item("CREATE", "")), 1U);
  EXPECT_EQ(registry.receive(item("CREATE", "")), 1U);
  EXPECT_EQ(registry.size(), 0U);
  EXPECT_EQ(registry.carry_out(item("CREATE", "1", "u")).code, "SUCCESS");
  EXPECT_EQ(registry.receive(item("CREATE", "1", "u")), 3U);
}

// The same by going through all customers every time.
class Model {
 public:
  std::string carry_out(const ImportItem& asked) {
    const std::string username = asked.username.empty() ? asked.email : asked.username;
    const auto own = find([&](const Person& person) {
      if (!asked.id.empty()) return person.id == asked.id;
      if (!asked.username.empty()) return person.username == asked.username;
      return person.email == asked.email;
    });
    if (asked.change == "DELETE" || asked.change == "UPDATE") {
      if (!own) return "NOT_FOUND";
    } else if (asked.change == "CREATE" && own) {
      return "CONFLICT";
    }
    if (asked.change == "DELETE") {
      people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(own.value_or(0)));
      return "SUCCESS";
    }
    for (std::size_t i = 0; i < people_.size(); ++i) {
      if (own && *own == i) continue;
      if (!username.empty() && people_[i].username == username) return "CONFLICT";
      if (!asked.email.empty() && people_[i].email == asked.email) return "CONFLICT";
    }
    const std::size_t which = own.value_or(people_.size());
    if (!own) people_.push_back({asked.id.empty() ? "made" : asked.id});
    Person& person = people_[which];
    if (!username.empty()) person.username = username;
    if (!asked.email.empty()) person.email = asked.email;
    return "SUCCESS";
  }
  [[nodiscard]] std::size_t size() const { return people_.size(); }

 private:
  struct Person {
    std::string id{};
    std::string username{};
    std::string email{};
  };
  template <class Is>
  std::optional<std::size_t> find(Is is) const {
    for (std::size_t i = 0; i < people_.size(); ++i) {
      if (is(people_[i])) return i;
    }
    return {};
  }
  std::vector<Person> people_;
};

TEST(CustomerRegistry, AgreesWithAPlainModel) {
  constexpr std::array<const char*, 4> kChanges = {"CREATE", "UPDATE", "UPSERT", "DELETE"};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Registry registry(seed % 2 == 0);
    Model model;
    for (int step = 0; step < 200; ++step) {
      const auto one_of = [&](char kind, bool needed) {
        const auto number = random.below(needed ? 6 : 9);
        return number >= 6 ? std::string() : kind + std::to_string(number);
      };
      const std::string username = one_of('u', false);
      const std::string email = one_of('e', false);
      const std::string id = one_of('c', username.empty() && email.empty());
      const ImportItem asked =
          item(kChanges[random.below(4)], id.c_str(), username.c_str(), email.c_str());
      if (random.chance(0.5)) registry.receive(asked);
      ASSERT_EQ(registry.carry_out(asked).code, model.carry_out(asked)) << step;
      ASSERT_EQ(registry.size(), model.size()) << step;
    }
  }
}

}  // namespace
}  // namespace usher::sandbox::customers
