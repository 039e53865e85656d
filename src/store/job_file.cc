// SPDX-License-Identifier: Apache-2.0
#include "store/job_file.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "store/step_log.h"
#include "store/wal.h"

namespace usher {
namespace {

constexpr int kFormat = 1;

constexpr int kPage = 4096;
// What a WAL that had grown longer is cut to when it starts anew.
constexpr int kWalBytes = 2 * ShortWal::kMostPages * kPage;

constexpr const char* kRowTables = R"sql(
CREATE TABLE row (
  record  INTEGER PRIMARY KEY,  -- 1 is the first record after the header
  content INTEGER NOT NULL,     -- digest of everything the row asks for
  person  INTEGER NOT NULL,     -- digest of whom it is about
  mark    INTEGER NOT NULL      -- how it ended: read it through the view `rows`
);
CREATE VIEW rows AS SELECT
  record,
  CASE mark & 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'created' WHEN 2 THEN 'unchanged'
                ELSE 'failed' END AS outcome,
  mark >> 2 & 1 AS made_user,
  mark >> 3 & 1 AS made_membership,
  mark >> 4 & 1 AS member,            -- it asks for a membership
  mark >> 5 & 0x1FFFF AS run          -- the run that ended it
FROM row;)sql";

constexpr const char* kBatchTables = R"sql(
CREATE TABLE batch (
  number INTEGER PRIMARY KEY,  -- 1 is the first of the input
  size   INTEGER NOT NULL,     -- items in it
  items  BLOB NOT NULL,        -- a byte an item: read it through the view `item`
  causes BLOB                  -- numbers of causes, 4 bytes each, the highest first: one for all
                               -- items that have one, or one for each item, 0 for none
);
CREATE TABLE cause (
  number  INTEGER PRIMARY KEY,
  digest  BLOB NOT NULL UNIQUE,
  kind    INTEGER NOT NULL,  -- 1 invalid, 2 result, 3 refused, 4 unanswered, 5 no result
  status  INTEGER NOT NULL,  -- of HTTP; 0: nothing was answered
  result  TEXT NOT NULL,
  code    TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE VIEW item AS
WITH RECURSIVE place(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM place WHERE at < 99),
byte AS (SELECT number, at, coalesce(unicode(substr(items, at + 1, 1)), 0) AS state
         FROM batch JOIN place ON at < size)
SELECT
  number AS batch,
  at + 1 AS item,  -- 1 is the first of its batch
  CASE state & 7 WHEN 0 THEN 'pending' WHEN 1 THEN 'arrived' WHEN 2 THEN 'echo'
                 WHEN 3 THEN 'failed' ELSE 'unconfirmed' END AS outcome,
  state >> 3 & 1 AS begun,
  state >> 4 & 1 AS maybe,
  state >> 5 & 1 AS invalid
FROM byte;)sql";

constexpr const char* kTables = R"sql(
CREATE TABLE note (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE run (
  number  INTEGER PRIMARY KEY,  -- 1 is the first
  began   INTEGER NOT NULL,     -- milliseconds since 1970
  ended   INTEGER,              -- NULL: under way, or it was killed
  end     TEXT NOT NULL,        -- 'finished', 'interrupted', ...
  workers INTEGER NOT NULL
);)sql";

// What differs between the kinds.
struct Kind {
  int application = 0;  // PRAGMA application_id
  std::array<const char*, 7> tables{};
  const char* of = "";
};

const Kind& facts_of(JobKind kind) {
  static constexpr Kind kUsers = {0x75736872,  // "ushr"
                                  {"row", "step", "place", "begun", "note", "run", "placed"},
                                  "an import of users"};
  static constexpr Kind kCustomers = {0x75736863,  // "ushc"
                                      {"batch", "cause", "note", "run"},
                                      "an import of customers"};
  return kind == JobKind::users ? kUsers : kCustomers;
}

std::string schema_of(JobKind kind) {
  return (kind == JobKind::users ? StepLog::schema() + kRowTables : kBatchTables) +
         std::string(kTables);
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// As a URI, because SQLite would read a name that begins with "file:" as one.
std::unique_ptr<SQLite::Database> connect(const std::string& path, int flags,
                                          const std::string& vfs, const char* parameter = "") {
  auto db =
      std::make_unique<SQLite::Database>("file:" + percent_encode(path) + parameter,
                                         flags | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX, 0, vfs);
  sqlite3_extended_result_codes(db->getHandle(), 1);
  be_patient(*db);
  db->exec(
      "PRAGMA secure_delete = OFF; PRAGMA temp_store = FILE; PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON");
  return db;
}

int number(SQLite::Database& db, const char* query) {
  return db.execAndGet(query).getInt();
}

Error not_ours(const std::string& path) {
  return {path + " is not the store of a job of usher",
          "check the path; nothing in it was changed"};
}

Error damaged(const std::string& path, const char* how) {
  return {fmt::format("{}: the store is damaged ({})", path, how),
          kind_of_job_file(path) == JobKind::customers
              ? "put back a copy of it, or import the retry files of the job"
              : "put back a copy of it, or start a job under a new id: who is there already is "
                "found, not created again"};
}

// Why SQLite could not open it, as the file system sees it.
Error cannot_open(const std::string& path) {
  const std::string folder = folder_of(path);
  if (::access(path.c_str(), F_OK) != 0) return system_error("cannot open the store", path, errno);
  if (::access(path.c_str(), R_OK | W_OK) != 0) {
    return system_error("cannot write to the store", path, errno);
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return system_error("its folder cannot be written", path, errno);
  }
  return {path + ": cannot open the store or the files beside it (-wal, -shm)",
          "check the permissions and the limit of open files (ulimit -n)"};
}

// Ours, and of the other kind.
Error of_another_kind(const std::string& path, JobKind kind) {
  const bool users = kind == JobKind::users;
  return {fmt::format("{} is the store of {}, not of {}", path, facts_of(kind).of,
                      facts_of(users ? JobKind::customers : JobKind::users).of),
          fmt::format("go on with it by usher {}", users ? "import-users" : "import-customers")};
}

std::optional<JobKind> kind_of_application(int application) {
  for (const JobKind kind : {JobKind::users, JobKind::customers}) {
    if (application == facts_of(kind).application) return kind;
  }
  return std::nullopt;
}

Status refuse_foreign(SQLite::Database& db, const std::string& path, JobKind wanted) {
  const auto kind = kind_of_application(number(db, "PRAGMA application_id"));
  if (!kind) return std::unexpected(not_ours(path));
  if (*kind != wanted) return std::unexpected(of_another_kind(path, *kind));
  const int format = number(db, "PRAGMA user_version");
  if (format > kFormat) {
    return fail(fmt::format("{} was written by a newer usher (format {}, this one knows {})", path,
                            format, kFormat),
                "use that version");
  }
  if (format < 1) return std::unexpected(damaged(path, "it has no format"));
  // Looks at every table, and at hardly any of their pages.
  for (const char* table : facts_of(wanted).tables) {
    if (table == nullptr) break;
    number(db, fmt::format("SELECT EXISTS (SELECT 1 FROM {})", table).c_str());
  }
  return {};
}

}  // namespace

Error in_words(const std::string& path, const SQLite::Exception& error) {
  switch (error.getErrorCode() & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {fmt::format("{}: another process has kept the store busy for {} s", path, kPatience),
              "look for a stopped usher or sqlite3 that has it open, then run again"};
    case SQLITE_FULL:
      return {path + ": the disk is full",
              "free some space there and for temporary files (TMPDIR), then run again: what was "
              "settled is kept"};
    case SQLITE_NOTADB:
      return not_ours(path);
    // No statement of ours is wrong by itself.
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_CORRUPT:
      return damaged(path, error.what());
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return cannot_open(path);
    case SQLITE_IOERR:
      return {fmt::format("{}: reading or writing the store failed ({}, code {})", path,
                          error.what(), error.getExtendedErrorCode()),
              "check the disk, then run again: what was settled is kept"};
    default:
      return {fmt::format("{}: the store: {} (code {})", path, error.what(),
                          error.getExtendedErrorCode())};
  }
}

// Made under another name, so that a crash in the middle leaves no half store behind.
Status create_job_file(const std::string& path, const std::string& vfs, JobKind kind) {
  if (exists(path)) return fail(path + " is there already", "resume the job, or choose another id");
  const std::string draft = path + ".new";
  Fd fd(::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return std::unexpected(system_error("cannot create the store", draft, errno));
  fd.reset();  // before SQLite locks it: closing any descriptor drops a process's locks
  try {
    const auto db = connect(draft, SQLite::OPEN_READWRITE, vfs);
    db->exec(fmt::format("PRAGMA page_size = {}; PRAGMA journal_mode = WAL; BEGIN;", kPage));
    db->exec(schema_of(kind));
    db->exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                         facts_of(kind).application, kFormat));
  } catch (const SQLite::Exception& error) {
    ::unlink(draft.c_str());
    return std::unexpected(in_words(path, error));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    return std::unexpected(system_error("cannot create the store", path, errno));
  }
  const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) {
    return std::unexpected(system_error("cannot sync", folder_of(path), errno));
  }
  return {};
}

namespace {

Status refuse_no_file(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return std::unexpected(system_error("cannot open the store", path, errno));
  }
  if (S_ISDIR(info.st_mode)) return fail(path + " is a folder, not the store of a job");
  return {};
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_job_file(const std::string& path,
                                                        const std::string& vfs, JobKind kind) {
  USHER_TRY(refuse_no_file(path));
  try {
    auto db = connect(path, SQLite::OPEN_READWRITE, vfs);
    USHER_TRY(refuse_foreign(*db, path, kind));
    if (sqlite3_db_readonly(db->getHandle(), "main") == 1) {
      return std::unexpected(cannot_open(path));
    }
    db->exec(
        fmt::format("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA cache_size = -4096; PRAGMA journal_size_limit = {}",
                    kWalBytes));
    return db;
  } catch (const SQLite::Exception& error) {
    return std::unexpected(in_words(path, error));
  }
}

std::optional<JobKind> kind_of_job_file(const std::string& path) {
  // The head of every SQLite file: its name, and at 68 the application's, the highest byte first.
  std::array<char, 100> head{};
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file ||
      ::pread(file.get(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size()))
    return std::nullopt;
  if (!std::string_view(head.data(), head.size()).starts_with("SQLite format 3")) {
    return std::nullopt;
  }
  std::uint32_t application = 0;
  for (std::size_t i = 68; i < 72; ++i) {
    application = application << 8U | static_cast<unsigned char>(head.at(i));
  }
  return kind_of_application(static_cast<int>(application));
}

Result<std::unique_ptr<SQLite::Database>> look_at_job_file(const std::string& path, Look how,
                                                           JobKind kind) {
  USHER_TRY(refuse_no_file(path));
  try {
    // "unix-none" takes no locks: there is nobody to lock out, and a file that cannot be written
    // cannot be locked either.
    auto db = connect(path, SQLite::OPEN_READONLY, how == Look::cut ? "unix-none" : "",
                      how == Look::still ? "?immutable=1" : "");
    if (how == Look::cut) db->exec("PRAGMA locking_mode = EXCLUSIVE");
    sqlite3_db_config(db->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    USHER_TRY(refuse_foreign(*db, path, kind));
    return db;
  } catch (const SQLite::Exception& error) {
    return std::unexpected(in_words(path, error));
  }
}

}  // namespace usher
