// SPDX-License-Identifier: Apache-2.0
#include "net/client_url.h"

#include <array>
#include <memory>
#include <string_view>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::net {
namespace {

constexpr std::string_view kExample = "give an address like https://api.workos.com";

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

bool has(const Url& url, CURLUPart which) {
  char* text = nullptr;
  const bool found = curl_url_get(url.get(), which, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

// The address for a message. Whatever stands before an @ may be a password.
std::string shown(std::string_view text) {
  const auto at = text.rfind('@');
  if (at != text.npos) return "\"…" + printable(text.substr(at)) + "\"";
  return "\"" + printable(text) + "\"";
}

// libcurl resolves the name localhost itself, never through DNS.
bool is_loopback(const std::string& host) {
  if (equal_ignoring_case(host, "localhost") || host == "[::1]") return true;
  std::array<unsigned char, 4> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 && address[0] == 127;
}

Status check_parts(const std::string& text, const Url& url) {
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
    return fail(fmt::format("the API address {} begins with {}://, which is not HTTP", shown(text),
                            printable(scheme)),
                std::string(kExample));
  }
  if (part(url, CURLUPART_HOST).empty()) {
    return fail(fmt::format("the API address {} names no host", shown(text)),
                std::string(kExample));
  }
  if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD) || has(url, CURLUPART_OPTIONS)) {
    return fail(fmt::format("the API address {} holds a user name or password", shown(text)),
                "leave out what stands before the @; the API key is given separately");
  }
  if (text.find('?') != text.npos) {
    return fail(fmt::format("the API address {} has a query", shown(text)),
                "leave out the ? and what follows");
  }
  if (text.find('#') != text.npos) {
    return fail(fmt::format("the API address {} has a fragment", shown(text)),
                "leave out the # and what follows");
  }
  if (part(url, CURLUPART_PORT) == "0") {
    return fail(fmt::format("the API address {} has port 0", shown(text)),
                "give the port the server listens on");
  }
  return {};
}

}  // namespace

Result<BaseUrl> parse_base_url(const std::string& text, Plaintext allowed) {
  if (trim(text).empty()) return fail("the API address is empty", std::string(kExample));
  if (text.find("://") == text.npos) {
    return fail(fmt::format("the API address {} has no scheme", shown(text)),
                std::string(kExample));
  }
  const Url url(curl_url());
  if (!url) return fail("out of memory");
  constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS;
  if (const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kFlags);
      code != CURLUE_OK) {
    return fail(
        fmt::format("the API address {} cannot be used: {}", shown(text), curl_url_strerror(code)),
        std::string(kExample));
  }
  USHER_TRY(check_parts(text, url));

  BaseUrl result;
  const std::string host = part(url, CURLUPART_HOST);
  const std::string port = part(url, CURLUPART_PORT);
  result.encrypted = equal_ignoring_case(part(url, CURLUPART_SCHEME), "https");
  result.loopback = is_loopback(host);
  result.place = port.empty() ? host : host + ":" + port;
  if (!result.encrypted && !result.loopback && allowed == Plaintext::loopback_only) {
    return fail(
        fmt::format("http://{} would send the API key unencrypted", printable(result.place)),
        "use https://, or http:// only for this machine");
  }
  result.text = (result.encrypted ? "https://" : "http://") + result.place;
  std::string path = part(url, CURLUPART_PATH);
  while (path.ends_with('/')) path.pop_back();
  result.text += path;
  return result;
}

}  // namespace usher::net
