// SPDX-License-Identifier: Apache-2.0
// Looking at a job's store. Not a byte is written for it, not even the files SQLite puts beside one
// it reads: so the way of reading depends on what is there, and when that changes while we look,
// we look again. A room's secret: only src/store includes it. Tested by job_view_test.cc and
// batch_store_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "store/job_file.h"

namespace usher {

// What can be told of a file without reading it.
struct FileFace {
  Look how = Look::still;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const FileFace&, const FileFace&) = default;
};
[[nodiscard]] FileFace face_of(const std::string& path);

template <class Store>
class Looking {
 public:
  using Open = std::function<Result<std::unique_ptr<Store>>(const std::string& path, Look how)>;
  Looking(std::string path, Open open) : path_(std::move(path)), open_(std::move(open)) {}

  // What `ask` says of the store, of one moment.
  template <class Ask>
  auto operator()(Ask ask) -> decltype(ask(std::declval<Store&>())) {
    for (int looks = 1;; ++looks) {
      const FileFace before = face_of(path_);
      if (store_ == nullptr || before != face_) {
        store_.reset();
        auto store = open_(path_, before.how);
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

  // As it was opened by the last question.
  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] std::unexpected<Error> refuse() const {
    return fail(path_ + ": the store is only looked at, nothing can be written");
  }

 private:
  // Of a busy job: each failure means that somebody opened or closed it in that instant.
  static constexpr int kMostLooks = 100;

  std::string path_;
  Open open_;
  std::unique_ptr<Store> store_;
  FileFace face_;
};

}  // namespace usher
