// SPDX-License-Identifier: Apache-2.0
#include "net/client_words.h"

#include <system_error>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::net {

std::string span_in_words(std::chrono::milliseconds span) {
  if (span.count() % 1000 == 0) return fmt::format("{} s", span.count() / 1000);
  return fmt::format("{} ms", span.count());
}

std::string why_unreachable(const CurlFailure& failure, const std::string& place,
                            std::chrono::milliseconds connect_timeout) {
  const std::string said = printable(failure.said, 200);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return fmt::format("cannot resolve the name {}", place);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return fmt::format("cannot resolve the name of the proxy: {}", said);
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("no connection to {} within {}", place, span_in_words(connect_timeout));
    case CURLE_COULDNT_CONNECT:
      if (failure.cause == 0) break;
      return fmt::format("cannot connect to {}: {}", place,
                         std::generic_category().message(failure.cause));
    case CURLE_PEER_FAILED_VERIFICATION:
      return fmt::format("the certificate of {} is not trusted: {}", place, said);
    default:
      break;
  }
  return fmt::format("cannot connect to {}: {}", place, said);
}

std::string why_lost(const CurlFailure& failure) {
  switch (failure.code) {
    case CURLE_OK:
      return "the connection was closed in the middle of the answer";
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK:  // libcurl was about to repeat the request,
    case CURLE_SEND_ERROR:           // or had done that too often,
    case CURLE_COULDNT_CONNECT:      // or failed on its way to repeating it
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
      return "the connection was closed before the answer";
    default:
      return printable(failure.said, 200);
  }
}

}  // namespace usher::net
