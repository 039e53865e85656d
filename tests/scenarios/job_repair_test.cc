// SPDX-License-Identifier: Apache-2.0
// A job whose failed rows are repaired in the file: 205 of 5,000 fail, because WorkOS ids stand in
// the column of external ids and two people were written twice; the repaired file is given to
// --resume, and only these 205 are tried. Then files whose rows move, come and go.
#include <algorithm>
#include <functional>
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHeader = "email,first_name,external_id,org_id,org_external_id,org_name\n";

// A row with what may be wrong in it.
struct Line {
  std::string email;
  std::string external_id;
  std::string org_id;
  std::string org_external_id;
  std::string org_name;
  [[nodiscard]] std::string csv() const {
    return fmt::format("{},Pat,{},{},{},{}\n", email, external_id, org_id, org_external_id,
                       org_name);
  }
};

std::string as_csv(const std::vector<Line>& lines) {
  std::string csv = kHeader;
  for (const Line& line : lines) csv += line.csv();
  return csv;
}

// All requests that the sandbox has seen but GETs, by route.
std::map<std::string, std::int64_t> writes_of(const LocalApi& api) {
  std::map<std::string, std::int64_t> writes;
  const json::value state = json::parse(api.get("/_sandbox/state"));
  for (const auto& [route, count] : state.at("routes").as_object()) {
    if (!route.starts_with("GET ")) writes[std::string(route)] = count.to_number<std::int64_t>();
  }
  return writes;
}

std::map<std::string, std::int64_t> since(const std::map<std::string, std::int64_t>& before,
                                          const LocalApi& api) {
  std::map<std::string, std::int64_t> added;
  for (const auto& [route, count] : writes_of(api)) {
    const auto found = before.find(route);
    const std::int64_t more = count - (found == before.end() ? 0 : found->second);
    if (more != 0) added[route] = more;
  }
  return added;
}

class JobRepair : public ::testing::Test {
 protected:
  [[nodiscard]] Ran import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--rate-limit", "off", "--concurrency", "20"});
    return run(import_into(api, folder.path(), std::move(arguments)));
  }
  // Ids of organizations that stand in the sandbox beforehand, made by a plain import.
  void found_organizations(int count) {
    std::string csv = "email,org_external_id,org_name\n";
    for (int i = 0; i < count; ++i) {
      csv += fmt::format("founder{}@example.com,own-{},Test Org {}\n", i, i, i);
      wanted.person(fmt::format("founder{}@example.com", i), "");
      wanted.organization(fmt::format("own-{}", i));
      wanted.membership(fmt::format("founder{}@example.com", i), fmt::format("own-{}", i), {});
    }
    folder.write("founders.csv", csv);
    const Ran founded = import({"--csv", "founders.csv"});
    ASSERT_EQ(founded.code, 0) << founded.err;
    const json::value list = json::parse(api.get("/organizations?limit=100"));
    for (const json::value& organization : list.at("data").as_array()) {
      ids[std::string(organization.at("external_id").as_string())] =
          std::string(organization.at("id").as_string());
    }
  }

  LocalApi api;
  ScratchFolder folder;
  Wanted wanted;
  std::map<std::string, std::string> ids;  // of organizations, by external id
};

TEST_F(JobRepair, TriesOnlyTheRowsThatHadFailed) {
  constexpr int kRows = 5'000;
  constexpr int kMistaken = 203;
  found_organizations(20);
  std::vector<Line> lines;
  std::vector<std::size_t> mistaken;
  for (int i = 0; i < kRows - 2; ++i) {
    const std::string owner = fmt::format("own-{}", i % 20);
    Line line{fmt::format("p{}@example.com", i), fmt::format("crm-{}", i), "", owner,
              fmt::format("Test Org {}", i % 20)};
    wanted.person(line.email, line.external_id);
    wanted.membership(line.email, owner, {});
    if (i % 24 == 7 && mistaken.size() < kMistaken) {
      mistaken.push_back(lines.size());
      line.org_external_id = ids[owner];
    }
    lines.push_back(std::move(line));
  }
  ASSERT_EQ(mistaken.size(), kMistaken);
  // Two more are people of before under other external ids.
  for (const int person : {3, 4}) {
    const std::string owner = fmt::format("own-{}", person);
    lines.push_back({fmt::format("p{}@example.com", person), fmt::format("other-{}", person), "",
                     owner, fmt::format("Test Org {}", person)});
  }
  folder.write("users.csv", as_csv(lines));
  const Ran first = import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(first.code, 1) << first.out << first.err;
  {
    const JobSheet sheet(folder.path(), "spring");
    EXPECT_EQ(sheet.text("state"), "failed-rows");
    EXPECT_EQ(sheet.number("rows.failed"), 205);
    EXPECT_EQ(sheet.number("rows.created"), kRows - 205);
  }
  const std::string errors = folder.read(std::string(kJobs) + "/spring/errors.jsonl");
  EXPECT_EQ(std::ranges::count(errors, '\n'), 205);

  for (const std::size_t which : mistaken) {
    lines[which].org_id = lines[which].org_external_id;
    lines[which].org_external_id.clear();
    lines[which].org_name.clear();
  }
  for (std::size_t i = lines.size() - 2; i < lines.size(); ++i) {
    lines[i].email = fmt::format("twin{}@example.com", i);
    wanted.person(lines[i].email, lines[i].external_id);
    wanted.membership(lines[i].email, lines[i].org_external_id, {});
  }
  folder.write("repaired.csv", as_csv(lines));
  const auto before = writes_of(api);
  const Ran second = import({"--resume", "spring", "--csv", "repaired.csv", "--workers", "2"});
  EXPECT_EQ(second.code, 0) << second.out << second.err;
  EXPECT_THAT(second.err, HasSubstr("Checkpoint loaded: "));
  EXPECT_THAT(second.err, HasSubstr("Input changed: 4,795 rows unchanged, 203 repaired, 2 new, "
                                    "2 gone"));
  EXPECT_EQ(since(before, api), (std::map<std::string, std::int64_t>{
                                    {"POST /user_management/users", 205},
                                    {"POST /user_management/organization_memberships", 205}}));
  EXPECT_FALSE(folder.has(std::string(kJobs) + "/spring/errors.jsonl"));
  const JobSheet sheet(folder.path(), "spring");
  EXPECT_EQ(sheet.text("state"), "done");
  EXPECT_EQ(sheet.number("rows.created"), kRows);
  expect_holds_exactly(api, wanted);
}

// A job that is done; then its file changes.
class JobWhoseFileChanges : public JobRepair {
 protected:
  JobWhoseFileChanges() {
    for (int i = 0; i < 300; ++i) lines.push_back(line_of(i));
    folder.write("users.csv", as_csv(lines));
    const Ran first = import({"--csv", "users.csv", "--job-id", "spring", "--chunk-size", "100"});
    EXPECT_EQ(first.code, 0) << first.out << first.err;
    before = writes_of(api);
  }
  Line line_of(int person) {
    Line line{fmt::format("p{}@example.com", person), fmt::format("crm-{}", person), "",
              fmt::format("acct-{}", person % 7), fmt::format("Org {}", person % 7)};
    wanted.person(line.email, line.external_id);
    wanted.organization(line.org_external_id);
    wanted.membership(line.email, line.org_external_id, {});
    return line;
  }
  // Resumes with the lines as they are now; what was written, by route.
  std::map<std::string, std::int64_t> written_after(const std::string& change) {
    folder.write("users.csv", as_csv(lines));
    const Ran again = import({"--resume"});
    EXPECT_EQ(again.code, 0) << again.out << again.err;
    EXPECT_THAT(again.err, HasSubstr("Input changed: " + change));
    expect_holds_exactly(api, wanted);
    return since(before, api);
  }

  std::vector<Line> lines;
  std::map<std::string, std::int64_t> before;
};

using Writes = std::map<std::string, std::int64_t>;

TEST_F(JobWhoseFileChanges, SendsNothingSettledAgainWhenRowsAreInsertedAtTheTop) {
  for (int i = 1000; i < 1003; ++i) lines.insert(lines.begin(), line_of(i));
  EXPECT_EQ(written_after("300 rows unchanged, 0 repaired, 3 new, 0 gone"),
            (Writes{{"POST /user_management/users", 3},
                    {"POST /user_management/organization_memberships", 3}}));
}

TEST_F(JobWhoseFileChanges, SendsNothingWhenRowsAreRemoved) {
  lines.erase(lines.begin() + 20, lines.begin() + 60);
  EXPECT_EQ(written_after("260 rows unchanged, 0 repaired, 0 new, 40 gone"), Writes{});
}

TEST_F(JobWhoseFileChanges, SendsNothingWhenRowsAreReordered) {
  Random random(7);
  for (std::size_t i = lines.size() - 1; i > 0; --i) {
    std::swap(lines[i], lines[random.below(i + 1)]);
  }
  EXPECT_EQ(written_after("300 rows unchanged, 0 repaired, 0 new, 0 gone"), Writes{});
}

TEST_F(JobWhoseFileChanges, SendsOnlyTheMembershipThatARepairedRowAdds) {
  lines[5].org_external_id = "acct-6";
  lines[5].org_name = "Org 6";
  wanted.membership(lines[5].email, "acct-6", {});
  EXPECT_EQ(written_after("299 rows unchanged, 1 repaired, 0 new, 0 gone"),
            (Writes{{"POST /user_management/organization_memberships", 1}}));
}

TEST_F(JobWhoseFileChanges, SendsNothingWhenNothingChanged) {
  const auto requests = api.count("requests.total");
  const Ran again = import({"--resume", "spring"});
  EXPECT_EQ(again.code, 0) << again.out << again.err;
  EXPECT_THAT(again.err, HasSubstr("Nothing to do: all 300 rows are done."));
  EXPECT_THAT(again.err, Not(HasSubstr("Input changed")));
  EXPECT_EQ(api.count("requests.total"), requests);
}

}  // namespace
}  // namespace usher::scenarios
