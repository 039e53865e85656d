// SPDX-License-Identifier: Apache-2.0
// Where jobs live: one folder a job under the checkpoint folder, its files, and the lock that lets
// one process work on it. Folders are 0700, because what is in them is about people. Tested by
// folder_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace usher::job {

inline constexpr std::string_view kDefaultRoot = ".workos-checkpoints";

// 1 to 100 letters, digits, "-", "_" and "."; not beginning with "." or "-".
[[nodiscard]] Status check_id(std::string_view id);

class Folder {
 public:
  Folder(std::string root, std::string id) : root_(std::move(root)), id_(std::move(id)) {}

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::string path() const { return root_ + "/" + id_; }
  [[nodiscard]] std::string store() const { return path() + "/job.db"; }
  [[nodiscard]] std::string checkpoint() const { return path() + "/checkpoint.json"; }
  [[nodiscard]] std::string errors() const { return path() + "/errors.jsonl"; }
  [[nodiscard]] std::string lock() const { return path() + "/lock"; }
  [[nodiscard]] std::string rate() const { return path() + "/rate"; }
  // What usher set aside of a job of the existing toolkit.
  [[nodiscard]] std::string old_checkpoint() const { return checkpoint() + ".old"; }
  // " --checkpoint-dir DIR" for lines to be pasted; nothing where that is the default.
  [[nodiscard]] std::string option() const;

  [[nodiscard]] bool has_store() const;
  // One of ours, one of the existing toolkit, or that set aside.
  [[nodiscard]] bool has_checkpoint() const;
  // Makes the root and the folder where they are missing.
  [[nodiscard]] Status make() const;
  // Bytes on the disk of everything in it.
  [[nodiscard]] std::uint64_t size() const;
  // Removes the store alone, of a job that never came to be.
  [[nodiscard]] Status remove_store() const;
  // Removes the files of a job, then the folder; what is not a job's stays, and is named by the
  // error.
  [[nodiscard]] Status remove() const;

 private:
  std::string root_;
  std::string id_;
};

// The jobs of a root (with a store, or with a checkpoint of the existing toolkit), the latest used
// first. A root that is not there has none.
[[nodiscard]] std::vector<Folder> list(const std::string& root);
[[nodiscard]] Result<Folder> most_recent(const std::string& root);

struct Holder {
  std::int64_t process = 0;
  std::string host;
  std::string since;
};

// Held while the object lives, and by the worker processes that inherit fd(): it is free only when
// all of them are gone.
class Lock {
 public:
  // Waits a little for the end of processes whose coordinator is gone already.
  [[nodiscard]] static Result<Lock> take(const Folder& folder, WallTime now);
  // Who holds it now; nobody: free.
  [[nodiscard]] static std::optional<Holder> holder(const Folder& folder);

  [[nodiscard]] int fd() const { return file_.get(); }

 private:
  explicit Lock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

}  // namespace usher::job
