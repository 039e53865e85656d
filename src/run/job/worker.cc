// SPDX-License-Identifier: Apache-2.0
// A worker: one process of many on one job. It takes the people of its partitions, and goes when
// its coordinator goes. Tested by tests/scenarios.
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include <sys/prctl.h>
#include <unistd.h>

#include "run/job/job.h"
#include "run/job/words.h"
#include "run/loop.h"
#include "run/shared_rate.h"

namespace usher::job {
namespace {

constexpr int kOrdersFrom = STDIN_FILENO;
constexpr int kReportsTo = STDOUT_FILENO;
constexpr std::size_t kLongestOrders = 1 << 20;

// Byte by byte: what follows the line is not ours to read yet.
Result<std::string> read_orders() {
  std::string line;
  while (line.size() < kLongestOrders) {
    char byte = 0;
    const ssize_t got = ::read(kOrdersFrom, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (byte == '\n') return line;
    line += byte;
  }
  return fail("usher work is started by usher itself", "use usher import-users --workers");
}

Status send(const Report& report) {
  return write_all(kReportsTo, to_line(report), "the coordinator of this worker");
}

// Reports what the loop says. What cannot be reported ends the process: nobody hears it.
class Reporter final : public Observer {
 public:
  explicit Reporter(std::uint32_t chunk_size) : chunk_size_(chunk_size) {}

  void started(Mode /*mode*/, std::uint64_t /*total_rows*/) override {}
  void warned(const std::string& warning) override {
    static_cast<void>(send(WarningReport{warning}));
  }
  [[nodiscard]] Status failed(const FailedRow& row) override {
    return send(
        FailureReport{row.record, row.line, row.cells, row.org, row.email, row.failure, row.at});
  }
  void progressed(const Progress& progress) override {
    tell_chunks();
    static_cast<void>(send(ProgressReport{progress.tally, progress.in_flight, progress.waiting}));
  }
  void settled(std::span<const RowMark> marks) override {
    for (const RowMark& mark : marks) add_mark(changes_, mark, chunk_size_);
  }
  void tell_chunks() {
    if (!changes_.empty()) static_cast<void>(send(std::exchange(changes_, {})));
  }

 private:
  std::uint32_t chunk_size_;
  ChunkChanges changes_;  // not told yet
};

Result<UserImportReport> work_on(const Orders& orders, Reporter& reporter) {
  const Folder folder(orders.root, orders.id);
  UserImportOptions options = orders.plan.options;
  options.api_key = orders.api_key;
  USHER_TRY_ASSIGN(net::Client client, open_client(options));
  USHER_TRY_ASSIGN(std::unique_ptr<JobStore> store, JobStore::open(folder.store()));
  USHER_TRY(store->join_run(orders.run));
  Rows::Scope scope;
  scope.hash_key = orders.plan.hash_key;
  scope.store = store.get();
  scope.run = orders.run;
  scope.partitions = orders.partitions;
  USHER_TRY_ASSIGN(std::unique_ptr<Rows> rows, Rows::open(options, std::move(scope), -1));
  Import::Options machine = machine_options(options);
  machine.begin_ahead = begin_ahead(options);
  USHER_TRY_ASSIGN(auto rate, SharedRate::open(folder.rate(), machine.windows));
  USHER_TRY_ASSIGN(machine.rate, rate->join());
  machine.organizations_settled = orders.plan.mode != Mode::user_only;
  Loop loop(*rows, std::move(client), *store, std::move(machine), reporter, kOrdersFrom);
  return loop.go(0);
}

}  // namespace

int work() {
  // The coordinator says when to stop.
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) std::signal(each, SIG_IGN);
  auto line = read_orders();
  auto orders = line ? parse_orders(*line) : std::unexpected(line.error());
  if (!orders) {
    const std::string text = "usher work: " + orders.error().line() + "\n";
    static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != orders->coordinator) return 2;  // it went before that was in force
  Reporter reporter(orders->plan.chunk_size);
  auto report = work_on(*orders, reporter);
  reporter.tell_chunks();
  EndReport end;
  if (report) {
    end = {report->end, report->reason, report->tally};
  } else {
    end.end = UserImportReport::End::store;
    end.reason = report.error();
  }
  return send(end) ? 0 : 2;
}

}  // namespace usher::job
