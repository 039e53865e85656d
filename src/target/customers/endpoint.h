// SPDX-License-Identifier: Apache-2.0
// Where a customer API is and who asks there. Nothing is built in: every address and every name
// comes from the operator (a profile, an option, the environment). Tested by endpoint_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "model/customer.h"

namespace usher::customers {

struct Endpoint {
  Platform platform = Platform::engage;
  Environment environment = Environment::development;
  ImportType type = ImportType::customers;
  std::string api_url;  // as import_url() makes it
  std::string auth_url;
  bool allow_plaintext = false;  // http:// to another machine
};

// By hand (`token`, the rest is not used), or automatic: a password grant at auth_url.
struct Credentials {
  Secret token;
  std::string user;
  Secret password;
  std::string client_id;
  Secret client_secret;  // c4r: together with the id as Basic
  Secret passport;       // c4r: GK-Passport of the import; empty: header not sent

  [[nodiscard]] bool automatic() const { return token.empty(); }
};

// The address that is posted to: the given one, its last segment `customers` or `households` as the
// type wants it, appended when neither stands there. Refuses what is no http(s) URL.
[[nodiscard]] Result<std::string> import_url(std::string_view given, ImportType type);

[[nodiscard]] std::string_view to_string(Platform platform);        // "c4r", "engage"
[[nodiscard]] std::string_view to_string(Environment environment);  // "development", "production"
[[nodiscard]] std::string_view to_string(ImportType type);          // "customers", "households"

}  // namespace usher::customers
