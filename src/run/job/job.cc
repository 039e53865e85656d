// SPDX-License-Identifier: Apache-2.0
#include "run/job/job.h"

#include <utility>

#include <unistd.h>

#include "run/dry_run.h"
#include "run/input.h"
#include "run/job/crew.h"
#include "run/job/ledger.h"
#include "run/job/opening.h"
#include "run/loop.h"
#include "run/shared_rate.h"

namespace usher::job {
namespace {

using End = UserImportReport::End;

std::string_view to_word(End end) {
  switch (end) {
    case End::finished:
      return "finished";
    case End::interrupted:
      return "interrupted";
    case End::denied:
      return "denied";
    case End::organization:
      return "organization missing";
    case End::unreachable:
      return "unreachable";
    case End::observer:
      return "errors not written";
    case End::source:
      return "input not read";
    case End::store:
      return "store not written";
    case End::workers:
      return "workers died";
  }
  return "";
}

Tally::Things things(const StepCounts& steps) {
  Tally::Things counts;
  counts.created = steps.created;
  counts.already_there = steps.already_there;
  counts.updated = steps.updated;
  counts.failed = steps.failed;
  return counts;
}

// One run of a job that is open.
class Run {
 public:
  Run(Opened& job, const Request& request, Observer& face, int stop_fd)
      : job_(job), request_(request), face_(face), stop_fd_(stop_fd) {
    job_.plan.options.api_key = request.options.api_key;
  }

  Result<UserImportReport> go() {
    face_.job_opened(job_.start);
    if (job_.plan.options.dry_run) return only_look();
    if (job_.start.rows_done == job_.start.rows) return ending({}, {});
    USHER_TRY_ASSIGN(run_, job_.store->begin_run(read_clocks().wall, job_.plan.workers));
    USHER_TRY_ASSIGN(Errors errors, Errors::begin(job_.folder.errors(), *job_.store, run_));
    USHER_TRY_ASSIGN(std::vector<RowCounts> counts, job_.store->count_chunks(job_.plan.chunk_size));
    Ledger ledger(job_.folder, job_.plan, *job_.store, std::move(errors),
                  Chunks(std::move(counts), job_.plan.chunk_size), face_);
    ledger.started(job_.plan.mode, job_.start.rows);
    auto report = work(ledger);
    const Status views = ledger.finish(report ? last_progress(*report) : Progress{});
    const End end = report ? report->end : End::store;
    const Status ended = job_.store->end_run(read_clocks().wall, to_word(end));
    if (!report) return report;
    if (report->end == End::finished && !ended) {
      report->end = End::store;
      report->reason = ended.error();
    }
    return ending(std::move(*report), views);
  }

 private:
  static Progress last_progress(const UserImportReport& report) {
    Progress last;
    last.tally = report.tally;
    last.elapsed = report.elapsed;
    return last;
  }

  Result<UserImportReport> work(Ledger& ledger) {
    Import::Options machine = machine_options(job_.plan.options);
    machine.begin_ahead = begin_ahead(job_.plan.options);
    USHER_TRY_ASSIGN(auto rate, SharedRate::open(job_.folder.rate(), machine.windows));
    rate->settle_dead();
    USHER_TRY_ASSIGN(machine.rate, rate->join());
    USHER_TRY_ASSIGN(auto rows, open_rows());
    for (const std::string& warning : rows->header_warnings()) ledger.warned(warning);
    auto report = work_on(*rows, std::move(machine), *rate, ledger);
    if (report) report->tally.warnings += rows->header_warnings().size();
    return report;
  }

  Result<UserImportReport> work_on(Rows& rows, Import::Options machine, SharedRate& rate,
                                   Ledger& ledger) {
    if (job_.plan.workers == 1) return loop(rows, std::move(machine), ledger);

    Tally before;
    if (job_.plan.mode != Mode::user_only) {
      machine.organizations_only = true;
      USHER_TRY_ASSIGN(UserImportReport first, loop(rows, std::move(machine), ledger));
      if (first.end != End::finished) return first;
      before = first.tally;
      before.rows.read = before.rows.failed;
    }
    Crew::Setting setting;
    setting.program = request_.program;
    setting.orders = {request_.root, job_.folder.id(),        run_, 0, ::getpid(),
                      job_.plan,     request_.options.api_key};
    setting.lock = job_.lock.fd();
    setting.header = rows.header();
    setting.tally = before;
    setting.stop_fd = stop_fd_;
    Crew crew(std::move(setting), job_.plan.workers, rate, ledger);
    return crew.work();
  }

  Result<std::unique_ptr<Rows>> open_rows() {
    Rows::Scope scope;
    scope.hash_key = job_.plan.hash_key;
    scope.store = job_.store.get();
    scope.run = run_;
    return Rows::open(job_.plan.options, std::move(scope), stop_fd_);
  }

  Result<UserImportReport> loop(Rows& rows, Import::Options machine, Ledger& ledger) {
    USHER_TRY_ASSIGN(net::Client client, open_client(job_.plan.options));
    Loop loop(rows, std::move(client), *job_.store, std::move(machine), ledger, stop_fd_);
    return loop.go(job_.start.rows);
  }

  // A dry run of a job: nothing of it may be taken for done later.
  Result<UserImportReport> only_look() {
    USHER_TRY_ASSIGN(run_, job_.store->begin_run(read_clocks().wall, 1));
    auto report = dry_run(job_.plan.options, face_, stop_fd_);
    USHER_TRY(job_.store->end_run(read_clocks().wall, "dry run"));
    if (report) {
      report->job = job_.folder.id();
      report->folder = job_.folder.path();
    }
    return report;
  }

  // What the store says at the end of all runs; of this run only what no store keeps.
  Result<UserImportReport> ending(UserImportReport report, const Status& views) {
    USHER_TRY_ASSIGN(const RowCounts rows, job_.store->count_rows());
    USHER_TRY_ASSIGN(const StepCounts users, job_.store->count_steps(StepKind::user));
    USHER_TRY_ASSIGN(const StepCounts memberships, job_.store->count_steps(StepKind::membership));
    USHER_TRY_ASSIGN(const StepCounts organizations,
                     job_.store->count_steps(StepKind::organization));
    report.mode = job_.plan.mode;
    report.job = job_.folder.id();
    report.folder = job_.folder.path();
    report.rest_unread = false;
    report.tally.rows = {rows.total, rows.created, rows.unchanged, rows.failed, rows.pending()};
    report.tally.users = things(users);
    report.tally.memberships = things(memberships);
    report.tally.organizations = things(organizations);
    if (report.end == End::finished && rows.pending() > 0) {
      report.end = End::source;
      report.reason = {
          "the input has changed while the job worked on it: it has fewer rows than "
          "the job took",
          "resume the job: it compares the file with what it took"};
    }
    if (!views && report.end == End::finished) {
      report.end = End::observer;
      report.reason = views.error();
    }
    return report;
  }

  Opened& job_;
  const Request& request_;
  Observer& face_;
  int stop_fd_;
  std::uint32_t run_ = 0;
};

}  // namespace

Result<UserImportReport> run(const Request& request, Observer& observer, int stop_fd) {
  auto job = request.resume ? resume_job(request, stop_fd) : make_job(request, stop_fd);
  if (!job) {
    if (!asked_to_stop(stop_fd)) return std::unexpected(job.error());
    UserImportReport stopped;  // before the first row
    stopped.end = End::interrupted;
    return stopped;
  }
  return Run(*job, request, observer, stop_fd).go();
}

}  // namespace usher::job
