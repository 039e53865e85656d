// SPDX-License-Identifier: Apache-2.0
#include "store/job_view.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/job_file.h"
#include "store/looking.h"

namespace usher {
namespace {

class JobView final : public JobStore {
 public:
  explicit JobView(const std::string& path)
      : look_(path, [](const std::string& file, Look how) {
          return job_store_in(file, look_at_job_file(file, how));
        }) {}

  Result<StepRecord> find(const Key& key) override {
    return look_([&](JobStore& store) { return store.find(key); });
  }
  Result<RowState> row(std::uint64_t record) override {
    return look_([&](JobStore& store) { return store.row(record); });
  }
  Result<std::string> note(std::string_view name) override {
    return look_([&](JobStore& store) { return store.note(name); });
  }
  Result<std::vector<RunRecord>> runs() override {
    return look_([](JobStore& store) { return store.runs(); });
  }
  Result<StepCounts> count_steps(StepKind kind) override {
    return look_([&](JobStore& store) { return store.count_steps(kind); });
  }
  Result<RowCounts> count_rows() override {
    return look_([](JobStore& store) { return store.count_rows(); });
  }
  Result<std::vector<RowCounts>> count_chunks(std::uint32_t size) override {
    return look_([&](JobStore& store) { return store.count_chunks(size); });
  }

  Status apply(std::span<const StepWrite> /*writes*/, std::span<const RowMark> /*marks*/) override {
    return look_.refuse();
  }
  Status set_notes(std::span<const Note> /*notes*/) override { return look_.refuse(); }
  Result<InputChange> take_input(const NextRow& /*next*/, std::span<const Note> /*n*/) override {
    return look_.refuse();
  }
  // The rows can be read once only, so that there is one look.
  Result<InputChange> compare_input(const NextRow& next) override {
    USHER_TRY(runs());
    return look_.store().compare_input(next);
  }
  Result<std::uint32_t> begin_run(WallTime /*now*/, int /*workers*/) override {
    return look_.refuse();
  }
  Status join_run(std::uint32_t /*run*/) override { return look_.refuse(); }
  Status end_run(WallTime /*now*/, std::string_view /*end*/) override { return look_.refuse(); }

 private:
  Looking<JobStore> look_;
};

}  // namespace

Result<std::unique_ptr<JobStore>> JobStore::look(const std::string& path) {
  auto view = std::make_unique<JobView>(path);
  USHER_TRY(view->runs());  // so that whatever stands in the way is told now
  return view;
}

}  // namespace usher
