// SPDX-License-Identifier: Apache-2.0
// The store of batches on SQLite, and the same looked at from outside. One process works on a job
// of this kind, so nothing is cached: a batch is read when it is written, which costs microseconds.
#include "store/batch_store.h"

#include <limits>
#include <map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "store/batch_bytes.h"
#include "store/cause_book.h"
#include "store/job_book.h"
#include "store/job_file.h"
#include "store/looking.h"
#include "store/used.h"

namespace usher {
namespace {

using customers::has_arrived;
using customers::ItemCounts;
using customers::ItemState;
using customers::kMostInBatch;

constexpr std::size_t kBatchesAtOnce = 64;
constexpr std::uint32_t kMostRuns = 1'000'000;

using States = std::vector<ItemState>;
struct Missing {
  std::uint64_t number = 0;
  States items;
};

std::string_view bytes_of(const SQLite::Column& column) {
  const int size = column.getBytes();
  return size == 0 ? std::string_view()
                   : std::string_view(static_cast<const char*>(column.getBlob()),
                                      static_cast<std::size_t>(size));
}

bool has_missing(std::string_view items) {
  for (const char byte : items) {
    const unsigned outcome = static_cast<unsigned char>(byte) & item_byte::kOutcome;
    if (!has_arrived(static_cast<customers::Outcome>(outcome))) return true;
  }
  return false;
}

class SqliteBatchStore final : public BatchStore {
 public:
  SqliteBatchStore(std::string path, std::unique_ptr<SQLite::Database> db)
      : book_(std::move(path), std::move(db)) {}

  Result<std::string> note(std::string_view name) override { return book_.note(name); }
  Status set_notes(std::span<const Note> notes) override {
    return book_.change([&]() -> Status {
      book_.put(notes);
      return {};
    });
  }

  Result<States> batch(std::uint64_t number) override {
    return book_.attempt([&]() -> Result<States> {
      USHER_TRY_ASSIGN(const BatchBytes bytes, read(number));
      return states(number, bytes);
    });
  }

  Status apply(std::span<const Write> writes) override {
    if (writes.empty()) return {};
    Status applied = book_.change([&]() -> Status {
      std::map<std::uint64_t, BatchBytes> batches;
      auto at = batches.end();
      for (const Write& write : writes) {
        if (at == batches.end() || at->first != write.batch) {
          USHER_TRY_ASSIGN(at, opened(batches, write));
        }
        USHER_TRY(put(at->second, write));
      }
      for (const auto& [number, batch] : batches) put(number, batch);
      return {};
    });
    if (!applied) causes_.rolled_back();
    return applied;
  }

  Result<std::uint32_t> begin_run(WallTime now, int workers) override {
    return book_.begin_run(now, workers, kMostRuns);
  }
  Status end_run(WallTime now, std::string_view end) override {
    if (book_.run() == 0) {  // of a process that was killed
      USHER_TRY_ASSIGN(const auto all, runs());
      if (!all.empty() && !all.back().ended) book_.set_run(all.back().number);
    }
    return book_.end_run(now, end);
  }
  Result<std::vector<RunRecord>> runs() override { return book_.runs(); }

  Result<ItemCounts> count_items(std::uint64_t total) override {
    return book_.attempt([&]() -> Result<ItemCounts> {
      ItemCounts counts;
      SQLite::Statement query(book_.db(), "SELECT items FROM batch");
      while (query.executeStep()) {
        for (const char byte : bytes_of(query.getColumn(0))) {
          item_byte::count(counts, static_cast<unsigned char>(byte));
        }
      }
      if (counts.total() > total) return std::unexpected(damaged("it has more items than the job"));
      counts.pending += total - counts.total();
      return counts;
    });
  }

  Status each_missing(const Visit& visit) override {
    std::uint64_t after = 0;
    while (true) {
      USHER_TRY_ASSIGN(const std::vector<Missing> batches, missing_after(after));
      if (batches.empty()) return {};
      for (const Missing& batch : batches) USHER_TRY(visit(batch.number, batch.items));
      after = batches.back().number;
    }
  }

  // The next of them, a few: so that no statement is under way while they are visited.
  Result<std::vector<Missing>> missing_after(std::uint64_t number) {
    return book_.attempt([&]() -> Result<std::vector<Missing>> {
      std::vector<Missing> found;
      const Used used(after_);
      after_.bind(1, static_cast<std::int64_t>(number));
      while (found.size() < kBatchesAtOnce && after_.executeStep()) {
        if (!has_missing(bytes_of(after_.getColumn(2)))) continue;
        const auto at = static_cast<std::uint64_t>(after_.getColumn(0).getInt64());
        USHER_TRY_ASSIGN(const BatchBytes bytes, parse(after_));
        USHER_TRY_ASSIGN(States items, states(at, bytes));
        found.push_back({at, std::move(items)});
      }
      return found;
    });
  }

 private:
  [[nodiscard]] Error damaged(std::string_view how) const {
    return {fmt::format("{}: the store is damaged ({})", book_.path(), how),
            "put back a copy of it, or import the retry files of the job"};
  }

  // Empty when there is none.
  Result<BatchBytes> read(std::uint64_t number) {
    const Used used(one_);
    one_.bind(1, static_cast<std::int64_t>(number));
    if (!one_.executeStep()) return BatchBytes{};
    return parse(one_);
  }

  Result<BatchBytes> parse(SQLite::Statement& row) {
    BatchBytes batch;
    batch.items = bytes_of(row.getColumn(2));
    const auto size = row.getColumn(1).getInt64();
    auto causes = unpack_causes(bytes_of(row.getColumn(3)), batch.items);
    if (size < 1 || batch.items.size() != static_cast<std::size_t>(size) || !causes) {
      return std::unexpected(
          damaged(fmt::format("batch {} is not whole", row.getColumn(0).getInt64())));
    }
    batch.causes = std::move(*causes);
    return batch;
  }

  Result<States> states(std::uint64_t number, const BatchBytes& batch) {
    States items;
    items.reserve(batch.items.size());
    CauseNumber last = 0;
    std::shared_ptr<const customers::Cause> cause;
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
      auto state = item_byte::unpack(static_cast<unsigned char>(batch.items[i]));
      const CauseNumber wanted = batch.causes[i];
      if (state && wanted != 0) {
        if (wanted != last) cause = causes_.find(wanted);
        last = wanted;
        state->cause = cause;
        if (cause == nullptr) state.reset();
      }
      if (!state) {
        return std::unexpected(damaged(fmt::format("item {} of batch {}", i + 1, number)));
      }
      items.push_back(std::move(*state));
    }
    return items;
  }

  using Batches = std::map<std::uint64_t, BatchBytes>;
  Result<Batches::iterator> opened(Batches& batches, const Write& write) {
    if (const auto found = batches.find(write.batch); found != batches.end()) return found;
    if (write.batch == 0 || write.size == 0 || write.size > kMostInBatch ||
        write.batch > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return fail(fmt::format("{}: there is no batch {} of {} items", book_.path(), write.batch,
                              write.size));
    }
    USHER_TRY_ASSIGN(BatchBytes batch, read(write.batch));
    if (batch.items.empty()) {
      batch.items.assign(write.size, '\0');
      batch.causes.assign(write.size, 0);
    }
    return batches.emplace(write.batch, std::move(batch)).first;
  }

  Status put(BatchBytes& batch, const Write& write) {
    if (batch.items.size() != write.size || write.item >= write.size) {
      return fail(
          fmt::format("{}: batch {} has {} items, not {}, and item {} is none of them",
                      book_.path(), write.batch, batch.items.size(), write.size, write.item + 1),
          "the input is not the one that the job took");
    }
    batch.items[write.item] = static_cast<char>(item_byte::pack(write.state));
    batch.causes[write.item] =
        has_cause(write.state.outcome) ? causes_.number_of(write.state.cause) : 0;
    return {};
  }

  void put(std::uint64_t number, const BatchBytes& batch) {
    const std::string causes = pack_causes(batch);
    const Used used(put_);
    put_.bind(1, static_cast<std::int64_t>(number));
    put_.bind(2, static_cast<std::int64_t>(batch.items.size()));
    put_.bindNoCopy(3, batch.items.data(), static_cast<int>(batch.items.size()));
    if (causes.empty()) {
      put_.bind(4);
    } else {
      put_.bindNoCopy(4, causes.data(), static_cast<int>(causes.size()));
    }
    put_.exec();
  }

  JobBook book_;
  CauseBook causes_{book_.db()};
  SQLite::Statement one_{book_.db(),
                         "SELECT number, size, items, causes FROM batch WHERE number = ?"};
  SQLite::Statement after_{book_.db(),
                           "SELECT number, size, items, causes FROM batch WHERE number > ? "
                           "ORDER BY number"};
  SQLite::Statement put_{book_.db(),
                         "INSERT INTO batch VALUES (?, ?, ?, ?) ON CONFLICT (number) DO UPDATE "
                         "SET items = excluded.items, causes = excluded.causes"};
};

Result<std::unique_ptr<SqliteBatchStore>> store_in(const std::string& path,
                                                   Result<std::unique_ptr<SQLite::Database>> db) {
  if (!db) return std::unexpected(std::move(db.error()));
  try {
    return std::make_unique<SqliteBatchStore>(path, std::move(*db));
  } catch (const SQLite::Exception& error) {
    return std::unexpected(in_words(path, error));
  }
}

class BatchView final : public BatchStore {
 public:
  explicit BatchView(const std::string& path)
      : look_(path, [](const std::string& file, Look how) {
          return store_in(file, look_at_job_file(file, how, JobKind::customers));
        }) {}

  Result<std::string> note(std::string_view name) override {
    return look_([&](BatchStore& store) { return store.note(name); });
  }
  Result<States> batch(std::uint64_t number) override {
    return look_([&](BatchStore& store) { return store.batch(number); });
  }
  Result<std::vector<RunRecord>> runs() override {
    return look_([](BatchStore& store) { return store.runs(); });
  }
  Result<ItemCounts> count_items(std::uint64_t total) override {
    return look_([&](BatchStore& store) { return store.count_items(total); });
  }
  // A few batches are of one moment, not all of them.
  Status each_missing(const Visit& visit) override {
    std::uint64_t after = 0;
    while (true) {
      USHER_TRY_ASSIGN(const std::vector<Missing> batches,
                       look_([&](SqliteBatchStore& store) { return store.missing_after(after); }));
      if (batches.empty()) return {};
      for (const Missing& batch : batches) USHER_TRY(visit(batch.number, batch.items));
      after = batches.back().number;
    }
  }

  Status set_notes(std::span<const Note> /*notes*/) override { return look_.refuse(); }
  Status apply(std::span<const Write> /*writes*/) override { return look_.refuse(); }
  Result<std::uint32_t> begin_run(WallTime /*now*/, int /*workers*/) override {
    return look_.refuse();
  }
  Status end_run(WallTime /*now*/, std::string_view /*end*/) override { return look_.refuse(); }

 private:
  Looking<SqliteBatchStore> look_;
};

}  // namespace

Result<std::unique_ptr<BatchStore>> BatchStore::create(const std::string& path, const char* vfs) {
  USHER_TRY(create_job_file(path, vfs == nullptr ? "" : vfs, JobKind::customers));
  return open(path, vfs);
}

Result<std::unique_ptr<BatchStore>> BatchStore::open(const std::string& path, const char* vfs) {
  return store_in(path, open_job_file(path, vfs == nullptr ? "" : vfs, JobKind::customers));
}

Result<std::unique_ptr<BatchStore>> BatchStore::look(const std::string& path) {
  auto view = std::make_unique<BatchView>(path);
  USHER_TRY(view->runs());  // so that whatever stands in the way is told now
  return view;
}

bool BatchStore::is_one(const std::string& path) {
  return kind_of_job_file(path) == JobKind::customers;
}

}  // namespace usher
