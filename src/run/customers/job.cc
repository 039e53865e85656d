// SPDX-License-Identifier: Apache-2.0
#include "run/customers/job.h"

#include <utility>

#include "net/client.h"
#include "run/customers/ending.h"
#include "run/customers/loop.h"
#include "run/customers/opening.h"
#include "run/customers/retry_folder.h"
#include "run/stop_signal.h"

namespace usher::customers {
namespace {

constexpr int kBeginAhead = 4;  // of what is in flight

BatchImport::Options machine_options(const Plan& plan, const Credentials& credentials) {
  BatchImport::Options options;
  options.endpoint = plan.endpoint;
  options.credentials = credentials;
  options.workers = plan.pace.workers;
  options.spacing = plan.pace.delay;
  options.begin_ahead = static_cast<std::size_t>(plan.pace.workers) * kBeginAhead;
  options.retry.attempts = plan.pace.attempts;
  options.seed = static_cast<std::uint64_t>(read_clocks().steady.time_since_epoch().count());
  return options;
}

Result<net::Client> open_client(const Plan& plan) {
  net::Client::Options options;
  options.base_url = plan.endpoint.api_url;
  options.user_agent = "usher/" USHER_VERSION;
  options.timeout = plan.timeout;
  options.max_connections = plan.pace.workers + 1;  // a login beside them
  options.allow_plaintext = plan.endpoint.allow_plaintext;
  return net::Client::open(std::move(options));
}

JobStart start_of(const Opened& job, const ItemCounts& counts) {
  JobStart start;
  start.id = job.folder.id();
  start.folder = job.folder.path();
  start.resumed = job.resumed;
  start.items = job.plan.items;
  start.batches = job.plan.batches;
  start.counts = counts;
  return start;
}

}  // namespace

struct Job::Impl {
  explicit Impl(Opened opened, Credentials given)
      : job(std::move(opened)), credentials(std::move(given)) {}
  // A job that never came to be leaves no folder.
  ~Impl() {
    const bool never = job.store == nullptr && !job.resumed;
    if (never && !job.folder.has_store()) static_cast<void>(job.folder.remove());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Opened job;
  Credentials credentials;
};

Job::Job(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Job::~Job() = default;
Job::Job(Job&&) noexcept = default;
Job& Job::operator=(Job&&) noexcept = default;

Result<Job> Job::open(const Request& request) {
  auto opened = request.resume ? resume_job(request) : make_job(request);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return Job(std::make_unique<Impl>(std::move(*opened), request.credentials));
}

const Plan& Job::plan() const {
  return impl_->job.plan;
}
const std::string& Job::id() const {
  return impl_->job.folder.id();
}
bool Job::resumed() const {
  return impl_->job.resumed;
}

Result<Report> Job::run(const Inputs& inputs, const WhyBad& why_bad, Observer& observer,
                        int stop_fd) {
  Opened& job = impl_->job;
  USHER_TRY_ASSIGN(net::Client client, open_client(job.plan));
  USHER_TRY(take_inputs(job, inputs));
  const Instant began = read_clocks().steady;
  USHER_TRY_ASSIGN(const ItemCounts counts, job.store->count_items(inputs.items()));
  observer.started(start_of(job, counts));
  USHER_TRY(job.store->begin_run(read_clocks().wall, job.plan.pace.workers));

  StopSignal signal(stop_fd);
  RetryFolder retry(job, inputs);
  Loop loop(job, inputs, std::move(client), machine_options(job.plan, impl_->credentials), why_bad,
            retry, observer, signal);
  const Loop::Ended ended = loop.go();
  Report report;
  report.job = job.folder.id();
  report.folder = job.folder.path();
  report.items = inputs.items();
  report.batches = inputs.batches();
  report.traffic = ended.traffic;
  report.end = ended.end;
  report.reason = ended.reason;
  Status told;
  if (!ended.left) told = end_run(job, inputs, retry, to_word(ended.end), signal, report);
  if (ended.left || !told) {
    // What could not be written is written by the next start: the run has no end in the store.
    report.retry_complete = false;
    report.retry_files = retry.files();
    report.retry_folder = retry.files() > 0 ? retry.path() : "";
    if (auto now = job.store->count_items(inputs.items())) report.counts = *now;
  }
  if (!told && report.end != Report::End::source) {
    report.end = signal.leave() ? Report::End::interrupted : Report::End::store;
    report.reason = told.error();
  }
  report.elapsed = read_clocks().steady - began;
  return report;
}

}  // namespace usher::customers
