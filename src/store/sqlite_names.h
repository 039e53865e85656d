// SPDX-License-Identifier: Apache-2.0
// SQLiteCpp's names, for headers of this room: none of them includes it (tools/floors).
#pragma once

namespace SQLite {  // NOLINT(readability-identifier-naming): theirs
class Column;
class Database;
class Exception;
class Statement;
}  // namespace SQLite
