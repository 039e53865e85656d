// SPDX-License-Identifier: Apache-2.0
// The sandbox on a port: the only place of this room that reads a clock.
#include "sandbox/sandbox.h"

namespace usher::sandbox {

Status serve(Options options, const Serving& serving) {
  Sandbox sandbox(std::move(options));
  const net::Server* counting = nullptr;
  auto server =
      net::Server::listen({.address = serving.address,
                           .port = serving.port,
                           .stop_on_signals = serving.stop_on_signals},
                          [&](const net::ServerRequest& request) {
                            return sandbox.handle(request, read_clocks(), counting->in_flight());
                          });
  if (!server) return std::unexpected(std::move(server.error()));
  counting = &*server;
  if (serving.on_ready) serving.on_ready(server->port());
  server->run();
  return {};
}

}  // namespace usher::sandbox
