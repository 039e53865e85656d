// SPDX-License-Identifier: Apache-2.0
// The store of a job that sends batches: one SQLite file (WAL, synchronous FULL), as job_store.h
// describes it, with one line for each batch that has been touched: what has become of each of its
// items, a byte each, and why, by number. No byte of the input is in it: items are known by their
// number. What apply() and the setters returned for survives a crash and a loss of power. Tables:
// docs/customers.md. Tested by batch_store_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/customer.h"
#include "store/job_store.h"

namespace usher {

class BatchStore {
 public:
  [[nodiscard]] static Result<std::unique_ptr<BatchStore>> create(const std::string& path,
                                                                  const char* vfs = nullptr);
  // Refuses what JobStore::open refuses, and the store of a job of users.
  [[nodiscard]] static Result<std::unique_ptr<BatchStore>> open(const std::string& path,
                                                                const char* vfs = nullptr);
  [[nodiscard]] static Result<std::unique_ptr<BatchStore>> look(const std::string& path);
  // Whether the file is one of these, without opening it for long; false for what cannot be read.
  [[nodiscard]] static bool is_one(const std::string& path);

  BatchStore() = default;
  BatchStore(const BatchStore&) = delete;
  BatchStore& operator=(const BatchStore&) = delete;
  virtual ~BatchStore() = default;

  using Note = JobStore::Note;
  [[nodiscard]] virtual Result<std::string> note(std::string_view name) = 0;
  [[nodiscard]] virtual Status set_notes(std::span<const Note> notes) = 0;

  // The states of the batch's items; empty when it has not been touched.
  [[nodiscard]] virtual Result<std::vector<customers::ItemState>> batch(std::uint64_t number) = 0;
  struct Write {
    std::uint64_t batch = 0;
    std::uint32_t size = 0;  // items in the batch, the same in every write of it
    std::uint32_t item = 0;
    customers::ItemState state;
  };
  // All or nothing, durable when it returns.
  [[nodiscard]] virtual Status apply(std::span<const Write> writes) = 0;

  [[nodiscard]] virtual Result<std::uint32_t> begin_run(WallTime now, int workers) = 0;
  [[nodiscard]] virtual Status end_run(WallTime now, std::string_view end) = 0;
  [[nodiscard]] virtual Result<std::vector<RunRecord>> runs() = 0;

  // Of all items, `total` of them; what no batch says is pending.
  [[nodiscard]] virtual Result<customers::ItemCounts> count_items(std::uint64_t total) = 0;
  // Touched batches that hold an item that has not arrived, in order. What is not touched at all is
  // not among them.
  using Visit =
      std::function<Status(std::uint64_t number, const std::vector<customers::ItemState>& items)>;
  [[nodiscard]] virtual Status each_missing(const Visit& visit) = 0;
};

}  // namespace usher
