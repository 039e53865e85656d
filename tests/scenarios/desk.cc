// SPDX-License-Identifier: Apache-2.0
#include "scenarios/desk.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string_view>
#include <system_error>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "base/text.h"
#include "scenarios/seed_lines.h"

namespace usher::scenarios {
namespace {

// Two rows of a fresh desk fail: somebody else has the third address, and nobody has made the
// organization of the fourth.
constexpr std::string_view kUsers =
    "email,first_name,last_name,external_id,org_external_id,org_name\n"
    "alice@example.com,Alice,Smith,crm-1,acme,Acme Ltd\n"
    "bob@example.com,Bob,Jones,crm-2,acme,Acme Ltd\n"
    "carol@example.com,Carol,Reyes,crm-3,acme,Acme Ltd\n"
    "dora@example.com,Dora,Day,crm-4,late,\n";
constexpr std::string_view kRoles = "external_id,role_slug\ncrm-1,member\n";

// A row that the existing toolkit gave up for a passing reason, as it writes it.
constexpr std::string_view kPassing =
    R"({"recordNumber":2,"email":"bob@example.com","errorType":"user_create",)"
    R"("errorMessage":"Internal Server Error","httpStatus":500,)"
    R"("timestamp":"2026-03-02T09:15:07.042Z","rawRow":{"email":"bob@example.com",)"
    R"("first_name":"Bob","last_name":"Jones","external_id":"crm-2",)"
    R"("org_external_id":"acme","org_name":"Acme Ltd"}})"
    "\n";

std::string id_of(const std::string& object) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(object, error);
  const auto* id = value.is_object() ? value.get_object().if_contains("id") : nullptr;
  if (id != nullptr && id->is_string()) return std::string(id->get_string());
  ADD_FAILURE() << "no id in " << object;
  return {};
}

void drop(std::set<std::string>& names, const std::set<std::string>& made) {
  for (const std::string& name : made) names.erase(name);
}

}  // namespace

Reads reads_of(const std::string& script) {
  constexpr const char* kJobFile = R"(\.workos-checkpoints/([A-Za-z0-9_.-]+)/)";
  Reads reads;
  reads.csvs = named_by(script, R"(--(?:csv|user-export|role-mapping)[ =]([^\s|;&]+))");
  drop(reads.csvs, named_by(script, R"(--(?:fixed-csv|retry-csv|out)[ =]([^\s|;&]+))"));
  reads.csvs.erase("-");
  reads.errors = named_by(script, R"(--errors[ =]([^\s|;&]+))");
  reads.errors.merge(named_by(script, R"(jq [^\n|]*?\s([A-Za-z0-9_-]+\.jsonl))"));
  drop(reads.errors, named_by(script, R"(--errors-out[ =]([^\s|;&]+))"));
  std::erase_if(reads.errors, [](const std::string& path) {
    return path.contains(kJobs) || path.starts_with('$');
  });
  reads.jobs = named_by(script, R"(--resume[ =]([A-Za-z0-9_][A-Za-z0-9_.-]*))");
  reads.jobs.merge(named_by(script, kJobFile));
  const auto listed =
      named_by(script, R"(jobs (?:show|watch|remove)((?: [A-Za-z0-9_][A-Za-z0-9_.-]*)+))");
  for (const std::string& ids : listed) {
    for (const auto id : split(trim(ids), ' ')) reads.jobs.emplace(id);
  }
  if (std::regex_search(script, std::regex(R"(--resume\s*($|[\n|;&#]|\s-))"))) {
    reads.jobs.insert("latest");
  }
  drop(reads.jobs, named_by(script, R"(--job-id[ =]([A-Za-z0-9_.-]+))"));
  return reads;
}

Desk::Desk() {
  std::error_code error;
  std::filesystem::create_symlink(USHER_PROGRAM, programs_.at("usher"), error);
  EXPECT_FALSE(error) << error.message();
  folder_.write(".env", "WORKOS_SECRET_KEY=sk_test_scenario\nWORKOS_API_URL=" + api_.url() + "\n");
  organization_ = id_of(api_.post("/organizations", R"({"name":"Test Org"})"));
  api_.post("/organizations", R"({"name":"Other Org","external_id":"ext_456"})");
  in_the_way_ = id_of(api_.post("/user_management/users",
                                R"({"email":"carol@example.com","external_id":"other"})"));
}

void Desk::make_job(const std::string& id) const {
  folder_.write("users.csv", kUsers);
  const Ran made = run_script("usher import-users --csv users.csv --job-id " + id);
  EXPECT_EQ(made.code, 1) << made.out << made.err;
  std::ofstream(folder_.at(std::string(kJobs) + "/" + id + "/errors.jsonl"), std::ios::app)
      << kPassing;
}

void Desk::make_errors(const std::string& path) const {
  folder_.write("users.csv", kUsers);
  const Ran made = run_script("usher import-users --csv users.csv --errors-out " + path);
  EXPECT_EQ(made.code, 1) << made.out << made.err;
  std::ofstream(folder_.at(path), std::ios::app) << kPassing;
}

void Desk::take_away_troubles() const {
  api_.remove("/user_management/users/" + in_the_way_);
  api_.post("/organizations", R"({"name":"Late Ltd","external_id":"late"})");
}

void Desk::prepare_for(const std::string& script, bool put_right) {
  if (is_about_customers(script)) {
    customers_ = std::make_unique<CustomerSide>(script, folder_);
    customers_->prepare_for(script);
    if (script.contains("import-customers --resume")) {
      folder_.write("earlier.json", R"({"data":[]})");
      const Ran made = run_script("usher import-customers earlier.json --mode engage");
      EXPECT_EQ(made.code, 0) << made.out << made.err;
    }
    return;
  }
  const Reads reads = reads_of(script);
  for (const std::string& id : reads.jobs) make_job(id);
  for (const std::string& path : reads.errors) make_errors(path);
  for (const std::string& name : reads.csvs) {
    folder_.write(name, name.contains("role") ? kRoles : kUsers);
  }
  if (put_right) take_away_troubles();
}

Ran Desk::run_script(const std::string& script, const std::string& interpreter) const {
  const char* path = std::getenv("PATH");  // one thread
  Launch launch;
  launch.program = interpreter;
  launch.arguments = {"-c", script};
  launch.folder = folder_.path();
  // The address also here: whatever a script does with .env, it must not reach production.
  launch.variables = {{"PATH", programs_.path() + ":" + (path == nullptr ? "" : path)},
                      {"WORKOS_API_URL", api_.url()}};
  if (customers_) launch.variables.merge(customers_->variables());
  return run(launch);
}

}  // namespace usher::scenarios
