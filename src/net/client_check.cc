// SPDX-License-Identifier: Apache-2.0
#include "net/client_check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;

// Visible ASCII: such text cannot end a header or a request line.
bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// The same with blanks, but not around it.
bool is_text(std::string_view text) {
  const bool printing = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
  return printing && trim(text).size() == text.size();
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || kOthers.find(c) != kOthers.npos;
  });
}

// The value is never part of the message.
Status check_header(const Header& header) {
  constexpr std::array<std::string_view, 10> kOurs = {
      "Host",   "Content-Length",  "Content-Type", "Transfer-Encoding", "Connection",
      "Expect", "Accept-Encoding", "Upgrade",      "Trailer",           "Idempotency-Key"};
  if (!is_token(header.name)) {
    return fail("the header name \"" + printable(header.name) + "\" is not usable");
  }
  const auto same = [&](std::string_view ours) { return equal_ignoring_case(ours, header.name); };
  if (std::ranges::any_of(kOurs, same)) {
    return fail("the header " + header.name + " is the client's own");
  }
  // (libcurl would take an empty one as the wish not to send the header.)
  if (header.value.empty() || !is_text(header.value.reveal())) {
    return fail("the header " + header.name + " is empty or holds an unusable character",
                "look for a line end or a blank around it");
  }
  return {};
}

}  // namespace

Status check(const Client::Options& options) {
  if (!is_visible(options.bearer.reveal())) {
    return fail("the API key holds a character that cannot be part of a key",
                "look for a space, a line end or a quotation mark around it");
  }
  if (std::ranges::any_of(options.user_agent, [](char c) { return c < ' ' || c > '~'; })) {
    return fail("the user agent holds a character that cannot be sent");
  }
  if (options.timeout <= milliseconds{0} || options.connect_timeout <= milliseconds{0}) {
    return fail("a time-out of the HTTP client is not above zero");
  }
  // (Compared in hours, because milliseconds::max() does not fit into finer units.)
  if (std::chrono::floor<std::chrono::hours>(std::max(options.timeout, options.connect_timeout)) >=
      kLongestTime) {
    return fail("a time-out of the HTTP client is a year or longer");
  }
  if (options.max_connections < 1) return fail("the HTTP client needs at least one connection");
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return fail(fmt::format("{}: {}", options.ca_file, std::generic_category().message(errno)),
                "give a readable file of PEM certificates");
  }
  return {};
}

Status check(const Request& request) {
  // A path that does not begin with a slash could change the host, and so who gets the key.
  if (request.url.empty() && (!request.path.starts_with('/') || !is_visible(request.path) ||
                              request.path.find('#') != request.path.npos)) {
    return fail("the path \"" + printable(request.path) + "\" is not usable");
  }
  if (!is_visible(request.url)) return fail("the address holds an unusable character");
  if (!is_visible(request.idempotency_key)) {
    return fail("the idempotency key holds an unusable character");
  }
  if (!is_text(request.content_type)) {
    return fail("the content type holds an unusable character");
  }
  for (const Header& header : request.headers) USHER_TRY(check_header(header));
  return {};
}

}  // namespace usher::net
