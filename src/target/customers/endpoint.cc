// SPDX-License-Identifier: Apache-2.0
#include "target/customers/endpoint.h"

#include <utility>

#include "base/text.h"
#include "net/client_url.h"

namespace usher::customers {

Result<std::string> import_url(std::string_view given, ImportType type) {
  // (Whether it may be plain HTTP is for the client to say, which knows what was allowed.)
  auto url = net::parse_base_url(std::string(trim(given)), net::Plaintext::anywhere);
  if (!url) {
    return fail(std::move(url.error().what),
                "give the address that customers are posted to, like "
                "https://api.example.com/customers-import/v1/customers");
  }
  const std::size_t host = url->text.find("://") + 3;
  const std::size_t slash = url->text.rfind('/');
  const std::string_view last =
      slash > host ? std::string_view(url->text).substr(slash + 1) : std::string_view{};
  if (equal_ignoring_case(last, to_string(type))) return std::move(url->text);
  const bool other = equal_ignoring_case(last, to_string(ImportType::customers)) ||
                     equal_ignoring_case(last, to_string(ImportType::households));
  if (other) url->text.resize(slash);
  return url->text + "/" + std::string(to_string(type));
}

std::string_view to_string(Platform platform) {
  return platform == Platform::c4r ? "c4r" : "engage";
}

std::string_view to_string(Environment environment) {
  return environment == Environment::development ? "development" : "production";
}

std::string_view to_string(ImportType type) {
  return type == ImportType::customers ? "customers" : "households";
}

}  // namespace usher::customers
