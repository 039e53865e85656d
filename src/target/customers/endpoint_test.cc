// SPDX-License-Identifier: Apache-2.0
#include "target/customers/endpoint.h"

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

std::string url_of(std::string_view given, ImportType type) {
  const auto url = import_url(given, type);
  return url ? *url : "refused";
}

TEST(Endpoint, PostsToTheLastSegmentThatTheTypeWants) {
  using enum ImportType;
  EXPECT_EQ(url_of("https://api.example.test/import/v1", customers),
            "https://api.example.test/import/v1/customers");
  EXPECT_EQ(url_of("https://api.example.test/import/v1/", households),
            "https://api.example.test/import/v1/households");
  EXPECT_EQ(url_of("https://api.example.test/import/v1/customers", customers),
            "https://api.example.test/import/v1/customers");
  EXPECT_EQ(url_of("https://api.example.test/import/v1/customers/", households),
            "https://api.example.test/import/v1/households");
  EXPECT_EQ(url_of("https://api.example.test/import/v1/households", customers),
            "https://api.example.test/import/v1/customers");
  EXPECT_EQ(url_of(" http://127.0.0.1:8080\n", customers), "http://127.0.0.1:8080/customers");
  EXPECT_EQ(url_of("http://customers", customers), "http://customers/customers");
  EXPECT_EQ(url_of("http://households/customers", households), "http://households/households");
  EXPECT_EQ(url_of("https://api.example.test/old-customers", customers),
            "https://api.example.test/old-customers/customers");
}

TEST(Endpoint, RefusesWhatIsNoAddressAndShowsNoPassword) {
  for (const char* given :
       {"", "api.example.test/customers", "ftp://api.example.test/customers", "https://",
        "https://api.example.test/customers?a=b", "https://api.example.test/customers#x"}) {
    EXPECT_EQ(url_of(given, ImportType::customers), "refused") << given;
  }
  const auto url = import_url("https://till:hush@api.example.test/", ImportType::customers);
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().line().find("hush"), std::string::npos);
  EXPECT_EQ(url.error().line().find("workos"), std::string::npos);
}

TEST(Endpoint, HasWordsForWhatItIs) {
  EXPECT_EQ(to_string(Platform::c4r), "c4r");
  EXPECT_EQ(to_string(Platform::engage), "engage");
  EXPECT_EQ(to_string(Environment::development), "development");
  EXPECT_EQ(to_string(Environment::production), "production");
  EXPECT_EQ(to_string(ImportType::customers), "customers");
  EXPECT_EQ(to_string(ImportType::households), "households");
}

}  // namespace
}  // namespace usher::customers
