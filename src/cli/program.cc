// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <cstdio>

namespace usher::cli {

int run(int /*argc*/, char** /*argv*/) {
  std::puts("usher " USHER_VERSION);
  return 0;
}

}  // namespace usher::cli
