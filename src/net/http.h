// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange as plain values: what a target asks for and what came back. No sockets here;
// the client (client.h) makes a Response out of a Request, and tests make them by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace usher::net {

enum class Method { get, post, put, patch, del };
[[nodiscard]] std::string_view to_string(Method method);  // "GET", ...

struct Header {
  std::string name = {};
  Secret value = {};  // "Bearer ..."
};

struct Request {
  Method method = Method::get;
  std::string path = {};             // begins with "/", percent-encoded, query included
  std::string body = {};             // empty: none
  std::string idempotency_key = {};  // empty: header not sent
  // Takes the place of the client's address and of `path`: "https://login.example.com/token". The
  // client's own key is not sent with it: it may be another's host.
  std::string url = {};
  std::string content_type = {};  // of the body; empty: application/json
  // Besides those that every request has. An Authorization takes the place of the client's own key.
  std::vector<Header> headers = {};
};

// How far the exchange went. This, and never a message, decides between repeating and looking up.
enum class Transport {
  answered,     // a complete answer is here
  unreachable,  // nothing of the request was put on the wire: DNS, connect, TLS
  lost,         // the request may have been carried out: time-out, reset, cut or oversized answer
};

struct Response {
  Transport transport = Transport::answered;
  std::string detail;  // for people, when not answered: "connection refused"
  // With unreachable: both sides would say the same again (a certificate, the TLS protocol itself).
  bool hopeless = false;
  bool timed_out = false;  // when not answered: it was this side that would wait no longer
  int status = 0;          // 0 unless answered
  std::string body;
  std::string content_type;  // as sent, parameters included
  std::string request_id;    // X-Request-Id; empty: absent
  std::string retry_after;   // Retry-After as sent; empty: absent
};

}  // namespace usher::net
