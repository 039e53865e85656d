// SPDX-License-Identifier: Apache-2.0
#include "model/failure.h"

namespace usher {

std::string_view to_string(FailedAt at) {
  switch (at) {
    case FailedAt::user_create:
      return "user_create";
    case FailedAt::membership_create:
      return "membership_create";
    case FailedAt::org_resolution:
      return "org_resolution";
  }
  return "?";
}

}  // namespace usher
