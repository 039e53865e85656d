// SPDX-License-Identifier: Apache-2.0
// The simulated world: a disk, a clock, an API and a network in one thread, driving the import
// machine exactly as run/user_import.cc does, with a cut possible before every action. The API is
// the sandbox without its socket; requests are lost, refused and committed without an answer, all
// by one seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "engine/import.h"
#include "model/user_row.h"
#include "sandbox/sandbox.h"
#include "store/store.h"

namespace usher::world {

// A store in memory that a crash does not touch: what apply() returned for is durable.
class Disk final : public Store {
 public:
  Result<StepRecord> find(const Key& key) override;
  Result<RowState> row(std::uint64_t /*record*/) override { return RowState{}; }
  Status apply(std::span<const StepWrite> writes, std::span<const RowMark> marks) override;
  void wipe() { records_.clear(); }
  [[nodiscard]] const std::map<Key, StepRecord>& records() const { return records_; }

 private:
  std::map<Key, StepRecord> records_;
};

// A person's memberships by organization (external id, else name), each with its roles.
using Memberships = std::map<std::string, std::set<std::string>>;
struct Person {
  std::string external_id;
  Memberships memberships;
  friend bool operator==(const Person&, const Person&) = default;
};
using Directory = std::map<std::string, Person>;  // by e-mail, lower case

// An organization as the API knows it: its external id, which may be empty, and its name.
using Organization = std::pair<std::string, std::string>;

// What the input asks for on top of what was there, read row by row: the oracle. Slow and obvious.
struct Wanted {
  Directory people;
  std::vector<Organization> organizations;  // in the order of their making
  std::set<std::uint64_t> refused;          // records that name no organization or several
};
[[nodiscard]] Wanted wanted(Directory before, std::vector<Organization> organizations,
                            const std::vector<UserRow>& rows);
// Of organizations that the world is given beforehand, by their external id.
[[nodiscard]] inline std::string name_of(const std::string& external_id) {
  return "Name of " + external_id;
}

struct Troubles {
  double lost_before = 0;   // reset, nothing committed
  double lost_after = 0;    // committed, answer lost
  double error_before = 0;  // 503, nothing committed
  double error_after = 0;   // 500, committed
  double throttled = 0;     // 429
  double unreachable = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed);

  Troubles troubles;
  int concurrency = 4;
  // By number of action, of every life from now on: the first Ctrl-C, and the last answer before
  // the network is gone.
  std::uint64_t stop_at = UINT64_MAX;
  std::uint64_t silent_after = UINT64_MAX;

  struct Life {
    bool finished = false;  // else cut, or stopped
    bool stopped = false;   // and came to its end
    Duration stopping{};    // how long that took
    std::uint64_t actions = 0;
    Tally tally;
    std::vector<RowEnd> ends;
  };
  // One process from start to end, or to the cut before action number `cut_at` (1 is the first).
  // What is in flight at a cut may or may not be carried out.
  Life live(const std::vector<UserRow>& rows, std::uint64_t cut_at = UINT64_MAX);

  // A new process on a machine whose temporary store died with the old one.
  void lose_disk() { disk_.wipe(); }
  // Puts people there beforehand.
  void seed_directory(const Directory& directory);

  [[nodiscard]] Directory directory();
  [[nodiscard]] std::vector<Organization> organizations();  // sorted
  [[nodiscard]] std::uint64_t twins();                      // users there twice
  // Steps that the disk holds as settled so.
  [[nodiscard]] std::uint64_t settled(StepKind kind, StepState state) const;
  [[nodiscard]] std::uint64_t writes_seen() const { return writes_seen_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct Flight {
    std::uint64_t ticket = 0;
    net::Request request;
  };
  bool act() { return ++actions_ < cut_at_; }
  bool obey(Turn turn, Life& life);
  bool write(Life& life);
  StepRecord known(const Key& key);
  void pass(Duration span);
  bool happen(Import& import);
  bool feed(Import& import, const std::vector<UserRow>& rows, std::size_t& next);
  net::Response carry(const net::Request& request);
  net::Response commit(const net::Request& request);
  net::Reply call(std::string_view method, const std::string& path, std::string body = {});
  void check_begun(const net::Request& request);
  void check_settled(const RowEnd& end);
  void check_alone(const net::Request& request);
  void violate(std::string what);

  Random random_;
  sandbox::Sandbox api_;
  Disk disk_;
  std::vector<StepWrite> waiting_writes_;
  std::vector<RowEnd> waiting_ends_;
  Hasher hasher_{"one job's key"};
  Now now_;
  std::vector<Flight> flights_;
  std::uint64_t actions_ = 0;
  std::uint64_t cut_at_ = 0;
  std::uint64_t writes_seen_ = 0;
  std::map<std::uint64_t, RowKeys> keys_;  // by record
  std::map<std::uint64_t, UserRow> rows_;  // by record
  std::vector<std::string> violations_;
};

}  // namespace usher::world
