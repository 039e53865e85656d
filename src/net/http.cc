// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

namespace usher::net {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "?";
}

}  // namespace usher::net
