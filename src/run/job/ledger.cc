// SPDX-License-Identifier: Apache-2.0
#include "run/job/ledger.h"

#include <utility>

#include "base/file.h"
#include "run/loop.h"

namespace usher::job {
namespace {

// The checkpoint of many small chunks on a fast API is large: it is not written more often.
constexpr Duration kWriteAtMost = std::chrono::seconds{1};

}  // namespace

Ledger::Ledger(const Folder& folder, const Plan& plan, JobStore& store, Errors errors,
               Chunks chunks, Observer& face)
    : folder_(folder),
      plan_(plan),
      store_(store),
      errors_(std::move(errors)),
      chunks_(std::move(chunks)),
      before_(chunks_.sum()),
      most_writes_(most_writes_a_second(plan.options.rate_limit)),
      face_(face) {
  write_checkpoint(read_clocks());
}

Status Ledger::failed(const FailedRow& row) {
  USHER_TRY(errors_.add(row));
  return face_.failed(row);
}

void Ledger::progressed(const Progress& progress) {
  Progress whole = progress;
  whole.total_rows = before_.total;
  whole.earlier = before_.succeeded();
  whole.tally.rows.created += before_.created;
  whole.tally.rows.unchanged += before_.unchanged;
  whole.tally.rows.read += before_.succeeded();
  whole.chunks = chunks_.total();
  whole.chunks_done = chunks_.complete();
  whole.most_writes = most_writes_;
  face_.progressed(whole);
}

void Ledger::settled(std::span<const RowMark> marks) {
  ChunkChanges changes;
  for (const RowMark& mark : marks) add_mark(changes, mark, chunks_.size());
  settled(changes);
}

void Ledger::settled(const ChunkChanges& changes) {
  const std::uint64_t complete = chunks_.complete();
  chunks_.apply(changes);
  if (chunks_.complete() == complete) return;
  const Now now = read_clocks();
  if (now.steady - written_ >= kWriteAtMost) write_checkpoint(now);
}

void Ledger::write_checkpoint(Now now) {
  written_ = now.steady;
  Status written = write_atomically(folder_.checkpoint(), to_checkpoint(plan_, chunks_, now.wall));
  if (!written && status_) status_ = std::move(written);
}

Status Ledger::finish(const Progress& last) {
  if (auto counts = store_.count_chunks(chunks_.size())) {
    chunks_ = Chunks(std::move(*counts), chunks_.size());
  }
  progressed(last);
  write_checkpoint(read_clocks());
  Status errors = errors_.finish();
  return status_ ? errors : status_;
}

}  // namespace usher::job
