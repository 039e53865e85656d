// SPDX-License-Identifier: Apache-2.0
// The loop of a customer import: takes batches, and drives the machine, the store and the client in
// the order that engine/batch_import.h asks for. Bytes are in memory while their batch is under
// way, and no longer; beyond a few megabytes they are read again when they are needed. Tested by
// job_test.cc and tests/scenarios.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/batch_import.h"
#include "net/client.h"
#include "run/customers/opening.h"
#include "run/customers/retry_folder.h"
#include "run/stop_signal.h"

namespace usher::customers {

class Loop {
 public:
  Loop(Opened& job, const Inputs& inputs, net::Client client, BatchImport::Options machine,
       const Job::WhyBad& why_bad, RetryFolder& retry, Observer& observer, StopSignal& signal);

  struct Ended {
    Report::End end = Report::End::finished;
    Error reason;
    BatchImport::Traffic traffic;
    bool left = false;  // at once: what is known is in the store, and nothing else was done
  };
  // To the end of the batches, or to whatever stops it.
  [[nodiscard]] Ended go();

 private:
  // The bytes of a batch, from its turn to its end.
  struct Read {
    std::string bytes;
    std::vector<Item> items;
  };
  // A request under way: what was sent, so that the answer can be told who is meant.
  struct Flight {
    std::string body;
    std::vector<std::pair<std::size_t, std::size_t>> items;  // where they stand in it
  };
  // A batch under way: how its items stood before, of those that this run brings to an end.
  struct UnderWay {
    ItemCounts before;
    ItemCounts invalid;  // that are at their end already
    bool done_before = false;
  };

  bool count_done();
  bool feed(Now now);
  bool open(std::uint64_t number, Now now);
  ItemState invalid_state(const Item& item, const ItemState& before);
  void obey(BatchTurn turn, Now now);
  [[nodiscard]] bool must_write(Now now) const;
  void write();
  void tell(const BatchTurn::End& end);
  void keep_rest(std::uint64_t number);
  void send(BatchTurn::Send& send);
  [[nodiscard]] std::shared_ptr<Read> bytes_of(std::uint64_t number);
  void wait(Now now);
  void answered(const net::Client::Completion& completion, Now now);
  void hear_signals();
  void stop();
  void end_with(Report::End end, Error reason);
  void report_progress(Now now);
  [[nodiscard]] Ended finish();

  Opened& job_;
  const Inputs& inputs_;
  ImportType type_;
  net::Client client_;
  BatchImport import_;
  const Job::WhyBad& why_bad_;
  RetryFolder& retry_;
  Observer& observer_;
  StopSignal& signal_;
  Instant started_;
  Instant next_report_{};

  std::uint64_t next_batch_ = 1;
  std::unordered_map<std::uint64_t, UnderWay> under_way_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Read>> read_;
  std::size_t read_bytes_ = 0;
  std::unordered_map<std::uint64_t, Flight> flights_;  // by ticket

  // What waits to be written, and what is told once it is.
  std::vector<BatchStore::Write> writes_;
  std::vector<BatchTurn::End> ends_;
  Instant oldest_{};
  bool begun_ = false;  // one of them must be on the disk before its request leaves

  ItemCounts counts_;  // of the job, as it stands
  std::uint64_t earlier_ = 0;
  std::uint64_t batches_done_ = 0;
  std::shared_ptr<const Cause> last_invalid_;
  bool stopping_ = false;
  bool leave_ = false;
  Report::End end_ = Report::End::finished;
  Error reason_;
};

}  // namespace usher::customers
