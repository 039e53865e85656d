// SPDX-License-Identifier: Apache-2.0
#include "scenarios/customer_side.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "scenarios/seed_lines.h"

namespace usher::scenarios {
namespace {

constexpr const char* kFaults = "two-batches-fail.json";

std::string customer(int number) {
  return fmt::format(R"({{"changeType":"CREATE","type":"PERSON","person":{{"customerId":"{}",)"
                     R"("firstName":"EMMA","lastName":"BERG"}}}})",
                     50'000'001'000 + number);
}

std::string customers(int first, int count) {
  std::string text = R"({"data":[)";
  for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + customer(first + i);
  return text + "]}";
}

std::vector<std::string> flags_for(const std::string& script) {
  std::vector<std::string> flags = {"--customers"};
  if (script.contains(kFaults)) {
    flags.insert(flags.end(), {"--faults", std::string(USHER_SOURCE) + "/examples/" + kFaults});
  }
  return flags;
}

}  // namespace

bool is_about_customers(const std::string& script) {
  return script.contains("import-customers") || script.contains("usher customers");
}

CustomerSide::CustomerSide(const std::string& script, const ScratchFolder& folder)
    : api_(flags_for(script)), folder_(folder) {}

std::map<std::string, std::string> CustomerSide::variables() const {
  return {{"USHER_CUSTOMER_TOKEN", "token_scenario"},
          {"USHER_CUSTOMER_API_URL", api_.url() + "/customers-import/v1"},
          {"XDG_CONFIG_HOME", folder_.at("config")}};
}

void CustomerSide::write_profiles(const std::string& script) const {
  std::string entries;
  for (const std::string& name : named_by(script, R"(--profile[ =]([a-z-]+))")) {
    const bool production = script.contains("--profile " + name + " --environment production");
    entries += fmt::format(
        R"({}"{}": {{"mode": "engage", "environment": "{}", "api_url": "{}/v1"}})",
        entries.empty() ? "" : ", ", name, production ? "production" : "development", api_.url());
  }
  std::error_code error;
  std::filesystem::create_directories(folder_.at("config/usher"), error);
  ASSERT_FALSE(error) << error.message();
  const std::string path =
      folder_.write("config/usher/customers.json", "{\"profiles\": {" + entries + "}}\n");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
}

void CustomerSide::write_retry_folder(const std::string& name) const {
  std::error_code error;
  std::filesystem::create_directories(folder_.at(name), error);
  ASSERT_FALSE(error) << error.message();
  folder_.write(name + "/retry_batch_01_failed.json", customers(300, 3));
  folder_.write(
      name + "/retry_summary.json",
      fmt::format(
          R"({{"import_type": "customers", "platform_mode": "engage", )"
          R"("environment": "development", "api_url": "{}/customers-import/v1/customers"}})",
          api_.url()));
}

void CustomerSide::prepare_for(const std::string& script) const {
  write_profiles(script);
  auto files = named_by(script, R"(customers ([a-z]+\.json))");
  for (const std::string& made : named_by(script, R"(--out ([a-z]+\.json))")) files.erase(made);
  for (const std::string& name : files) folder_.write(name, customers(0, 5));
  for (const std::string& name : named_by(script, R"(customers ([a-z]+)/)")) {
    std::error_code error;
    std::filesystem::create_directories(folder_.at(name), error);
    ASSERT_FALSE(error) << error.message();
    folder_.write(name + "/customers_1.json", customers(100, 3));
    folder_.write(name + "/customers_2.json", customers(200, 3));
  }
  for (const std::string& name : named_by(script, R"((retry_batches_[0-9]+_[0-9]+)/)")) {
    write_retry_folder(name);
  }
}

}  // namespace usher::scenarios
