// SPDX-License-Identifier: Apache-2.0
// Who is given a token, on either platform, and what the others are told (RFC 6749, 5.2).
#include "sandbox/customers/tokens.h"

#include <gtest/gtest.h>

#include "sandbox/customers/customer_trial.h"

namespace usher::sandbox::customers {
namespace {

constexpr const char* kPlain = "grant_type=password&username=operator&password=open%26+sesame";

CustomerOptions strict() {
  CustomerOptions options;
  options.tokens.user = "operator";
  options.tokens.password = "open& sesame";
  options.tokens.client_id = "client";
  options.tokens.client_secret = "quiet";
  return options;
}

TEST(Tokens, AreGivenToAnybodyUnlessSomebodyIsNamed) {
  CustomerTrial trial;
  const Answer answer = trial.log_in();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.at("/expires_in"), "3600");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_NE(answer.at("/access_token"), trial.log_in().at("/access_token"));
  EXPECT_EQ(trial.log_in_c4r("id:secret", "grant_type=password&username=u&password=p").status, 200);
  EXPECT_EQ(trial.state("/logins/granted"), "3");
}

TEST(Tokens, AreGivenToTheOneThatIsNamedAlone) {
  CustomerTrial trial(strict());
  const auto both = [&](const std::string& pair, const std::string& form) {
    return trial.log_in_c4r(pair, form).at("/error") + "/" +
           trial
               .log_in(form + "&client_id=" + pair.substr(0, pair.find(':')) +
                       "&client_secret=" + pair.substr(pair.find(':') + 1))
               .at("/error");
  };
  EXPECT_EQ(both("client:quiet", kPlain), "/");
  EXPECT_EQ(both("client:loud", kPlain), "invalid_client/invalid_client");
  EXPECT_EQ(both("other:quiet", kPlain), "invalid_client/invalid_client");
  EXPECT_EQ(both("client:quiet", "grant_type=password&username=operator&password=wrong"),
            "invalid_grant/invalid_grant");
  EXPECT_EQ(both("client:quiet", "grant_type=password&username=somebody&password=open%26+sesame"),
            "invalid_grant/invalid_grant");
  EXPECT_EQ(trial.state("/logins/granted"), "2");
  EXPECT_EQ(trial.state("/logins/refused"), "8");
}

TEST(Tokens, TellWhatIsWrongWithARequest) {
  CustomerTrial trial;
  EXPECT_EQ(trial.log_in("grant_type=client_credentials&client_id=c").status, 400);
  EXPECT_EQ(trial.log_in("grant_type=client_credentials&client_id=c").at("/error"),
            "unsupported_grant_type");
  EXPECT_EQ(trial.log_in(kPlain).status, 401);  // no client
  EXPECT_EQ(trial.log_in("grant_type=password&client_id=c&username=u").status, 401);
  EXPECT_EQ(trial.ask("POST", kEngageToken, "{}").at("/error"), "invalid_request");
  EXPECT_EQ(trial.ask("POST", kC4rToken, kPlain, {CustomerTrial::kForm}).at("/error"),
            "invalid_client");
  EXPECT_EQ(
      trial.ask("POST", kC4rToken, kPlain, {CustomerTrial::kForm, {"Authorization", "Basic ???"}})
          .at("/error"),
      "invalid_client");
  EXPECT_EQ(trial.ask("GET", kC4rToken).status, 405);
}

TEST(Tokens, ByHandAreTheGivenOnesThen) {
  CustomerOptions options;
  options.tokens.tokens = {"one", "two"};
  CustomerTrial trial(options);
  for (const char* token : {"one", "two"}) {
    trial.token = token;
    EXPECT_EQ(trial.post("").status, 201);
  }
  for (const char* token : {"token_1", "on", "one ", ""}) {
    trial.token = token;
    EXPECT_EQ(trial.post("").status, 401) << token;
  }
}

}  // namespace
}  // namespace usher::sandbox::customers
