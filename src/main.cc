// SPDX-License-Identifier: Apache-2.0
// The door: everything it does is in cli/.

#include "cli/program.h"

int main(int argc, char** argv) {
  return usher::cli::run(argc, argv);
}
