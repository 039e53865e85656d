// SPDX-License-Identifier: Apache-2.0
// Any requests to the sandbox, one a line: "POST /organizations {...}", where $0 to $9 stand for
// the ids that the last ten answers brought. Whatever is asked, it answers as the API would: never
// a 5xx, what it calls JSON is JSON, a refusal says why, and no two users come to share an address.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/text.h"
#include "sandbox/sandbox.h"

namespace {

using usher::net::Reply;

class Asker {
 public:
  boost::json::value ask(std::string_view method, std::string_view target, std::string_view body) {
    usher::net::ServerRequest request;
    request.method = method;
    request.target = with_ids(target);
    request.body = with_ids(body);
    request.headers = {{"Authorization", "Bearer sk_test"}};
    const std::chrono::milliseconds since(1'000'000 + ++asked_);
    const usher::Now now{usher::Instant(since), usher::WallTime(since)};
    const Reply reply = sandbox_.handle(request, now);
    if (reply.status < 200 || reply.status >= 500) std::abort();
    if (!reply.content_type.starts_with("application/json")) return {};
    boost::json::error_code error;
    boost::json::value answer = boost::json::parse(reply.body, error);
    if (error) std::abort();
    judge(reply.status, answer);
    return answer;
  }

 private:
  static usher::sandbox::Options options() {
    usher::sandbox::Options chosen;
    chosen.seed = 1;
    chosen.multiple_roles = true;
    chosen.events_kept = 20;
    chosen.idempotency_kept = 20;
    return chosen;
  }

  std::string with_ids(std::string_view text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool names_one =
          text[at] == '$' && at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9';
      if (names_one) {
        out += ids_[static_cast<std::size_t>(text[++at] - '0')];
      } else {
        out += text[at];
      }
    }
    return out;
  }

  void judge(int status, const boost::json::value& answer) {
    const auto* object = answer.if_object();
    if (object == nullptr) return;
    const bool says_why = object->contains("message") || object->contains("error");
    if (status >= 400 && !says_why) std::abort();
    const auto* id = object->if_contains("id");
    if (id != nullptr && id->is_string()) {
      ids_[next_id_++ % ids_.size()] = std::string(std::string_view(id->get_string()));
    }
  }

  usher::sandbox::Sandbox sandbox_{options()};
  std::array<std::string, 10> ids_{};
  std::size_t next_id_ = 0;
  int asked_ = 0;
};

void check_addresses(Asker& asker) {
  const auto list = asker.ask("GET", "/user_management/users?limit=100", "");
  std::set<std::string> seen;
  for (const auto& user : list.at("data").as_array()) {
    const auto email = usher::lower_ascii(user.at("email").as_string());
    if (!seen.insert(email).second) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMostRequests = 64;
  Asker asker;
  std::size_t asked = 0;
  int sign_ins = 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view line : usher::split(text, '\n')) {
    if (++asked > kMostRequests) break;
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line.find(' ', first + 1);
    const auto target = line.substr(
        first + 1, second == std::string_view::npos ? std::string_view::npos : second - first - 1);
    // A sign-in may cost a second on purpose, and a fault may be any status.
    if (target.find("authenticate") != std::string_view::npos && ++sign_ins > 1) continue;
    if (target.find("faults") != std::string_view::npos) continue;
    asker.ask(line.substr(0, first), target,
              second == std::string_view::npos ? std::string_view() : line.substr(second + 1));
  }
  check_addresses(asker);
  return 0;
}
