// SPDX-License-Identifier: Apache-2.0
#include "run/input.h"

#include <utility>

#include <poll.h>

namespace usher {

Result<Input> Input::open(const UserImportOptions& options, int stop_fd) {
  USHER_TRY_ASSIGN(csv::Reader reader, csv::Reader::open(options.csv, stop_fd));
  std::unique_ptr<RoleMapping> roles;
  if (!options.role_mapping.empty()) {
    USHER_TRY_ASSIGN(RoleMapping read, RoleMapping::read(options.role_mapping, stop_fd));
    roles = std::make_unique<RoleMapping>(std::move(read));
  }
  UserMapping::Options wanted;
  wanted.single_org = options.single_org;
  wanted.role_mapping = roles.get();
  std::vector<std::string> header(reader.header().begin(), reader.header().end());
  USHER_TRY_ASSIGN(UserMapping mapping, UserMapping::make(header, wanted));
  return Input{std::move(reader), std::move(roles), std::move(mapping), std::move(header)};
}

bool asked_to_stop(int stop_fd) {
  pollfd ready{stop_fd, POLLIN, 0};
  return stop_fd >= 0 && ::poll(&ready, 1, 0) > 0;
}

}  // namespace usher
