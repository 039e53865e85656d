// SPDX-License-Identifier: Apache-2.0
#include "store/version.h"

#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace usher {

bool Version::moved() {
  std::uint32_t now = 0;
  sqlite3_file_control(db_.getHandle(), "main", SQLITE_FCNTL_DATA_VERSION, &now);
  return std::exchange(seen_, now) != now;
}

}  // namespace usher
