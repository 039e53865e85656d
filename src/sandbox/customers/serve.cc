// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/customer_api.h"
#include "sandbox/listen.h"

namespace usher::sandbox::customers {

Status serve(CustomerOptions options, const Serving& serving) {
  CustomerApi api(std::move(options));
  return listen(serving, [&](const net::ServerRequest& request, Now now, std::size_t in_flight) {
    return api.handle(request, now, in_flight);
  });
}

}  // namespace usher::sandbox::customers
