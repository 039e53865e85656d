// SPDX-License-Identifier: Apache-2.0
#include "sandbox/listen.h"

namespace usher::sandbox {

Status listen(const Serving& serving, const Answerer& answer) {
  const net::Server* counting = nullptr;
  auto server = net::Server::listen({.address = serving.address,
                                     .port = serving.port,
                                     .stop_on_signals = serving.stop_on_signals},
                                    [&](const net::ServerRequest& request) {
                                      return answer(request, read_clocks(), counting->in_flight());
                                    });
  if (!server) return std::unexpected(std::move(server.error()));
  counting = &*server;
  if (serving.on_ready) serving.on_ready(server->port());
  server->run();
  return {};
}

Status serve(Options options, const Serving& serving) {
  Sandbox sandbox(std::move(options));
  return listen(serving, [&](const net::ServerRequest& request, Now now, std::size_t in_flight) {
    return sandbox.handle(request, now, in_flight);
  });
}

}  // namespace usher::sandbox
