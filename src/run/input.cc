// SPDX-License-Identifier: Apache-2.0
#include "run/input.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <poll.h>

#include "source/csv_input.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

std::string lasting_path(const std::string& csv) {
  std::error_code problem;
  if (csv::is_standard_input(csv) || !fs::is_regular_file(csv, problem)) return {};
  const fs::path absolute = fs::absolute(csv, problem);
  return problem ? std::string() : absolute.lexically_normal().string();
}

}  // namespace

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
  return Input{std::move(reader), std::move(roles), std::move(mapping), std::move(header),
               lasting_path(options.csv)};
}

bool asked_to_stop(int stop_fd) {
  pollfd ready{stop_fd, POLLIN, 0};
  return stop_fd >= 0 && ::poll(&ready, 1, 0) > 0;
}

}  // namespace usher
