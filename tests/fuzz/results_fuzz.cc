// SPDX-License-Identifier: Apache-2.0
// Whatever a customer API answers, each item that was sent has one result at most, an arrival is
// one that the answer spells out, and what is said is fit to be shown.
//
// The input: a line for each item that was sent (id, username and e-mail, a blank between each),
// an empty line, and the body of the answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "fuzz/require.h"
#include "model/customer.h"
#include "target/customers/judge.h"
#include "target/customers/results.h"
#include "target/customers/token.h"

namespace usher::customers {
namespace {

void check_text(const std::string& text, std::size_t most) {
  require(text.size() <= most, "what is said is bounded");
  require(!find_invalid_utf8(text), "what is said is UTF-8");
  for (const char c : text) require(static_cast<unsigned char>(c) >= ' ', "no control character");
}

std::vector<Identity> read_sent(std::string_view& input) {
  std::vector<Identity> sent;
  while (!input.empty() && sent.size() < kMostInBatch) {
    const std::size_t end = input.find('\n');
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(end == input.npos ? input.size() : end + 1);
    if (line.empty()) break;
    const auto words = split(line, ' ');
    Identity who;
    who.id = words[0];
    if (words.size() > 1) who.username = words[1];
    if (words.size() > 2) who.email = words[2];
    sent.push_back(std::move(who));
  }
  return sent;
}

// Upper bound of what can be an arrival: how often a word for one stands in the body.
std::size_t words_of_success(std::string_view body) {
  const std::string text = lower_ascii(body);
  std::size_t count = 0;
  for (const char* word :
       {"success", "ok", "imported", "accepted", "created", "updated", "deleted"}) {
    for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; ++at) ++count;
  }
  return count;
}

void check(std::string_view input) {
  const std::vector<Identity> sent = read_sent(input);
  const Results results = read_results(input, sent);
  require(results.items.size() == sent.size(), "a result for each item, if an empty one");
  std::size_t arrived = 0;
  for (const ItemResult& item : results.items) {
    using Kind = ItemResult::Kind;
    const bool said = item.kind != Kind::none && item.kind != Kind::arrived;
    require(said != item.code.empty(), "a code with what is neither arrived nor unsaid");
    require(results.readable || item.kind == Kind::none, "nothing out of what cannot be read");
    arrived += item.kind == Kind::arrived ? 1 : 0;
    check_text(item.code, 200);
    check_text(item.message, Cause::kMostMessage);
  }
  const bool escaped = input.find('\\') != input.npos;  // letters may be written as \u0053
  require(escaped || arrived <= words_of_success(input), "an arrival is spelled out");
}

// The same bytes as the bodies of errors and of logins.
void check_other_answers(std::string_view body) {
  net::Response response;
  response.body = body;
  for (const int status : {400, 401, 504}) {
    response.status = status;
    const Answer answer = judge(response, Tokens::automatic, {});
    require(!answer.message.empty(), "an error has words");
    check_text(answer.message, Cause::kMostMessage + 100);
    check_text(answer.code, 1'100);
  }
  for (const int status : {200, 401}) {
    response.status = status;
    const TokenAnswer answer = judge_token(response, Credentials{}, {});
    const bool granted = answer.kind == TokenAnswer::Kind::granted;
    require(granted == answer.message.empty(), "words unless it is granted");
    require(granted != answer.token.empty(), "a token when it is granted");
    require(!granted || answer.life >= std::chrono::seconds{1}, "a life above zero");
  }
}

}  // namespace
}  // namespace usher::customers

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  usher::customers::check(input);
  usher::customers::check_other_answers(input);
  return 0;
}
