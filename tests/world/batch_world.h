// SPDX-License-Identifier: Apache-2.0
// The simulated world of customers in batches: a disk, a clock, an API with its login, and a
// network in one thread, driving the batch machine exactly as run/customers does, with a cut
// possible before every action. The API commits without answering, answers without committing,
// times out on what is large, speaks of some items only, and lets its tokens end; all by one seed.
// It knows who is there and who put them there, which is what every claim of the machine is held
// against.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/batch_import.h"
#include "model/customer.h"

namespace usher::world {

// What the input asks for. Item ids are their place in the input.
struct WantedItem {
  customers::Change change = customers::Change::create;
  bool bad = false;           // its data are invalid: the API says ERROR, always
  bool there_before = false;  // and not by us
};
using WantedBatch = std::vector<WantedItem>;

struct BatchTroubles {
  double lost = 0;       // reset or time-out; committed in whole, in part or not
  double error = 0;      // 5xx, likewise
  double throttled = 0;  // 429, 425
  double unreachable = 0;
  double failed = 0;          // of an item: FAILED, not carried out
  double unsaid = 0;          // of an item: no result
  double garbled = 0;         // of a 2xx: a page
  double login = 0;           // 503 of the login
  std::size_t gateway = 100;  // items that it takes before a 504, or a 413
  bool refuses_size = false;  // 413
  int token_uses = 1'000'000;
};

class BatchWorld {
 public:
  BatchWorld(std::uint64_t seed, std::vector<WantedBatch> input);

  BatchTroubles troubles;
  int workers = 3;
  Duration spacing{0};
  std::size_t begin_ahead = 0;
  bool automatic = true;
  std::uint64_t stop_at = UINT64_MAX;

  struct Life {
    bool finished = false;  // every batch was fed and has come to its end
    bool stopped = false;
    BatchImport::Halt halt = BatchImport::Halt::none;
    std::uint64_t actions = 0;
    customers::ItemCounts ended;  // of the ends that were told
    Duration stopping{};
  };
  // One process, from what the disk says, to its end or to the cut before action `cut_at`.
  Life live(std::uint64_t cut_at = UINT64_MAX);
  // What has not arrived, as the input of another run, which knows what may be there (as retry
  // files do).
  void retry();

  // As the disk says it, of the whole input.
  [[nodiscard]] customers::ItemCounts counts() const;
  [[nodiscard]] std::size_t items() const;
  // Holds every claim of the disk against the API: nobody is called arrived who is not there, and
  // nobody that we put there is told as certain not to have come from us.
  void check_claims();
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  // Of those that can be there: how many are not as the input wants them.
  [[nodiscard]] std::size_t missing() const;

 private:
  struct Person {
    bool there = false;
    bool by_us = false;  // made, or taken away
  };
  struct Flight {
    BatchTurn::Send send;
  };
  using Place = std::pair<std::uint64_t, std::uint32_t>;

  bool act() { return ++actions_ < cut_at_; }
  bool obey(BatchTurn turn, Life& life);
  bool write(Life& life);
  bool send(BatchTurn::Send send);
  void feed(BatchImport& import, std::uint64_t& next);
  bool happen(BatchImport& import);
  void pass(Duration span);
  [[nodiscard]] BatchImport::Options options();
  [[nodiscard]] std::vector<customers::Identity> people(const BatchTurn::Send& send) const;

  net::Response carry(const BatchTurn::Send& send);
  net::Response log_in();
  net::Response too_large(const BatchTurn::Send& send);
  net::Response answer(const BatchTurn::Send& send);
  [[nodiscard]] bool token_is_good(const net::Request& request);
  void commit_some(const BatchTurn::Send& send);
  std::string commit(const Place& place);
  [[nodiscard]] const WantedItem& wanted(const Place& place) const {
    return input_[place.first - 1][place.second];
  }
  void violate(std::string what);

  Random random_;
  std::vector<WantedBatch> input_;
  std::map<Place, Person> people_;
  std::map<Place, customers::ItemState> disk_;
  std::vector<BatchTurn::Write> waiting_writes_;
  std::vector<BatchTurn::End> waiting_ends_;
  std::vector<Flight> flights_;
  Now now_;
  Instant last_start_{};
  std::string token_;
  int token_left_ = 0;
  int tokens_ = 0;
  std::uint64_t actions_ = 0;
  std::uint64_t cut_at_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace usher::world
