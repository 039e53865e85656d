// SPDX-License-Identifier: Apache-2.0
// The inside of the batch machine (batch_import.h), for the files that are its parts:
// batch_import.cc sends, batch_import_ends.cc tells what answers mean for items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "engine/batch_import.h"
#include "engine/batch_size.h"
#include "engine/batch_step.h"
#include "engine/causes.h"
#include "engine/dispatcher.h"
#include "engine/login.h"
#include "target/customers/judge.h"
#include "target/customers/results.h"

namespace usher {

struct BatchUnderWay {
  std::uint64_t number = 0;
  std::size_t left = 0;     // items without an outcome
  std::size_t parts = 0;    // that are with the dispatcher
  std::size_t resting = 0;  // of them
  customers::ItemCounts counts;
  int http_status = 0;
};

struct BatchImport::Impl {
  static constexpr std::uint64_t kLogin = std::uint64_t{1} << 63;  // tickets of logins
  // Batches that wait for items the API could not take for the moment, besides those that are
  // under way. The driver may hold the bytes of each.
  static constexpr std::size_t kMostResting = 64;
  static constexpr int kMostRefusals = 3;

  explicit Impl(Options given);

  Options options;
  customers::Api api;
  Dispatcher dispatcher;
  Login login;
  Random random;
  Causes causes;
  BatchSize size;
  BatchTurn pending;
  Traffic traffic;
  std::unordered_map<std::uint64_t, BatchUnderWay> batches;
  std::unordered_map<Key, BatchPart*, Hash128Hasher> parts;  // with the dispatcher
  std::uint64_t next_part = 1;
  std::uint64_t next_login = 1;
  std::size_t awake = 0;  // batches with a part that does not rest
  bool stopping = false;
  bool told_of_halving = false;
  bool let_out = false;  // items, by the last turn

  [[nodiscard]] bool halted() const { return dispatcher.halt() != Import::Halt::none; }
  [[nodiscard]] bool works() const { return !stopping && !halted() && !dispatcher.idle(); }

  void add_in_parts(BatchPart part, int failed, bool again, Instant not_before);
  void add(BatchPart part, int failed, bool again, Instant not_before);
  BatchPart remove(const Task& task);
  void set_resting(BatchPart& part, bool resting);
  void log_in(Now now);
  void take_halts();
  void translate(Turn turn, Now now);
  void dress(net::Request& request, BatchPart& part, Now now) const;

  void token_refused(BatchPart& part, const Answer& answer);
  void ended(Dispatcher::Ended end, const net::Response& response,
             std::span<const customers::Identity> sent, Now now);
  void part_in_halves(BatchPart part, const Task& task, const Answer& answer, Now now);
  void take_results(BatchPart part, const Task& task, const net::Response& response,
                    std::span<const customers::Identity> sent, Now now);
  std::optional<customers::ItemState> state_of(const OpenBatch::Item& item,
                                               const customers::ItemResult& result,
                                               const customers::Identity& who, int status,
                                               bool last);
  void send_again(BatchPart part, int failed, Now now);
  void refuse(const BatchPart& part, const Answer& answer);
  void give_up(const BatchPart& part, const Answer& answer);
  void settle(BatchUnderWay& batch, std::uint32_t item, customers::ItemState state);
  void leave(const BatchPart& part);
  void leave_waiting();
  void close(BatchUnderWay& batch);
};

}  // namespace usher
