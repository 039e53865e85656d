// SPDX-License-Identifier: Apache-2.0
#include "run/user_import.h"

#include <memory>
#include <utility>

#include "run/dry_run.h"
#include "run/loop.h"
#include "run/rows.h"
#include "store/store.h"

namespace usher {
namespace {

using End = UserImportReport::End;

// For the progress bar.
Result<std::uint64_t> count_rows(const std::string& path) {
  USHER_TRY_ASSIGN(csv::Reader reader, csv::Reader::open(path));
  std::uint64_t rows = 0;
  csv::Record record;
  while (true) {
    USHER_TRY_ASSIGN(const bool more, reader.next(record));
    if (!more) return rows;
    ++rows;
  }
}

Result<UserImportReport> import_for_real(const UserImportOptions& options, Observer& observer,
                                         int stop_fd) {
  USHER_TRY_ASSIGN(net::Client client, open_client(options));
  USHER_TRY_ASSIGN(std::unique_ptr<Rows> rows, Rows::open(options, {}, stop_fd));
  USHER_TRY_ASSIGN(std::unique_ptr<Store> store, open_temporary_store());
  std::uint64_t total = 0;
  if (rows->size() > 0) {  // a regular file: nothing else can be read twice
    USHER_TRY_ASSIGN(total, count_rows(options.csv));
  }
  observer.started(rows->mode(), total);
  Loop loop(*rows, std::move(client), *store, machine_options(options), observer, stop_fd);
  for (const std::string& warning : rows->header_warnings()) loop.warn(warning);
  return loop.go(total);
}

}  // namespace

Result<UserImportReport> import_users(const UserImportOptions& options, Observer& observer,
                                      int stop_fd) {
  auto report = options.dry_run ? dry_run(options, observer, stop_fd)
                                : import_for_real(options, observer, stop_fd);
  if (report || !asked_to_stop(stop_fd)) return report;
  UserImportReport stopped;  // before the first row
  stopped.dry_run = options.dry_run;
  stopped.end = End::interrupted;
  return stopped;
}

}  // namespace usher
