// SPDX-License-Identifier: Apache-2.0
#include "net/client_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include "base/text.h"

namespace usher::net {
namespace {

// OpenSSL's number for what went wrong in a handshake. libcurl hands it on in its line only:
// "error:0A00010B:SSL routines::wrong version number".
std::optional<int> tls_reason(std::string_view said) {
  constexpr std::string_view kMark = "error:";
  const auto at = said.find(kMark);
  if (at == said.npos) return std::nullopt;
  const std::string_view digits = said.substr(at + kMark.size(), 8);
  unsigned long code = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (read.ptr != digits.data() + digits.size()) return std::nullopt;
  return ERR_GET_REASON(code);
}

// The peer answers in something that is not TLS.
bool is_not_tls(int reason) {
  constexpr std::array kReasons = {SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST,
                                   SSL_R_HTTPS_PROXY_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

// The peer, or this side, refuses what the other can do.
bool is_refusal(int reason) {
  constexpr std::array kReasons = {SSL_R_UNSUPPORTED_PROTOCOL,
                                   SSL_R_NO_PROTOCOLS_AVAILABLE,
                                   SSL_R_NO_CIPHERS_AVAILABLE,
                                   SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
                                   SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY,
                                   SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
                                   SSL_R_TLSV1_UNRECOGNIZED_NAME,
                                   SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

}  // namespace

bool is_hopeless(const CurlFailure& failure) {
  switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return true;
    case CURLE_SSL_CONNECT_ERROR: {
      const auto reason = tls_reason(failure.said);
      return reason && (is_not_tls(*reason) || is_refusal(*reason));
    }
    default:
      return false;
  }
}

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
    case CURLE_SSL_CONNECT_ERROR:
      if (const auto reason = tls_reason(failure.said); reason && is_not_tls(*reason)) {
        return fmt::format("{} does not speak TLS, which https:// asks for: {}", place, said);
      }
      break;
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
