// SPDX-License-Identifier: Apache-2.0
// Looking at a job's store. Not a byte is written for it, not even the files SQLite puts beside one
// it reads: so the way of reading depends on what is there, and when that changes while we look,
// we look again.
#include "store/job_view.h"

#include <cerrno>
#include <optional>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include "store/job_file.h"

namespace usher {
namespace {

// Of a busy job: each failure means that somebody opened or closed it in that instant.
constexpr int kMostLooks = 100;

// What can be told of a file without reading it.
struct Face {
  Look how = Look::still;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const Face&, const Face&) = default;
};

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

Face face_of(const std::string& path) {
  Face face;
  const auto file = stat_of(path);
  if (!file) return face;
  face.inode = file->st_ino;
  if (const auto wal = stat_of(path + "-wal"); wal && wal->st_size > 0) {
    face.how = stat_of(path + "-shm") ? Look::live : Look::cut;
    return face;  // what happens to the file then is SQLite's to see
  }
  face.size = file->st_size;
  face.changed_s = file->st_mtim.tv_sec;
  face.changed_ns = file->st_mtim.tv_nsec;
  return face;
}

class JobView final : public JobStore {
 public:
  explicit JobView(std::string path) : path_(std::move(path)) {}

  Result<StepRecord> find(const Key& key) override {
    return look([&](JobStore& store) { return store.find(key); });
  }
  Result<RowState> row(std::uint64_t record) override {
    return look([&](JobStore& store) { return store.row(record); });
  }
  Result<std::string> note(std::string_view name) override {
    return look([&](JobStore& store) { return store.note(name); });
  }
  Result<std::vector<RunRecord>> runs() override {
    return look([](JobStore& store) { return store.runs(); });
  }
  Result<StepCounts> count_steps(StepKind kind) override {
    return look([&](JobStore& store) { return store.count_steps(kind); });
  }
  Result<RowCounts> count_rows() override {
    return look([](JobStore& store) { return store.count_rows(); });
  }
  Result<std::vector<RowCounts>> count_chunks(std::uint32_t size) override {
    return look([&](JobStore& store) { return store.count_chunks(size); });
  }

  Status apply(std::span<const StepWrite> /*writes*/, std::span<const RowMark> /*marks*/) override {
    return refuse();
  }
  Status set_notes(std::span<const Note> /*notes*/) override { return refuse(); }
  Result<InputChange> take_input(const NextRow& /*next*/, std::span<const Note> /*n*/) override {
    return refuse();
  }
  // The rows can be read once only, so that there is one look.
  Result<InputChange> compare_input(const NextRow& next) override {
    USHER_TRY(runs());
    return store_->compare_input(next);
  }
  Result<std::uint32_t> begin_run(WallTime /*now*/, int /*workers*/) override { return refuse(); }
  Status join_run(std::uint32_t /*run*/) override { return refuse(); }
  Status end_run(WallTime /*now*/, std::string_view /*end*/) override { return refuse(); }

 private:
  std::unexpected<Error> refuse() const {
    return fail(path_ + ": the store is only looked at, nothing can be written");
  }

  template <class Ask>
  auto look(Ask ask) -> decltype(ask(std::declval<JobStore&>())) {
    for (int looks = 1;; ++looks) {
      const Face before = face_of(path_);
      if (store_ == nullptr || before != face_) {
        store_.reset();
        auto store = job_store_in(path_, look_at_job_file(path_, before.how));
        const bool moved = face_of(path_) != before;
        if (!store && (!moved || looks == kMostLooks)) {
          return std::unexpected(std::move(store.error()));
        }
        if (moved) continue;
        store_ = std::move(*store);
        face_ = before;
      }
      auto answer = ask(*store_);
      if (face_of(path_) == before || looks == kMostLooks) return answer;
    }
  }

  std::string path_;
  std::unique_ptr<JobStore> store_;
  Face face_;
};

}  // namespace

Result<std::unique_ptr<JobStore>> JobStore::look(const std::string& path) {
  auto view = std::make_unique<JobView>(path);
  USHER_TRY(view->runs());  // so that whatever stands in the way is told now
  return view;
}

}  // namespace usher
