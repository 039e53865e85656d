// SPDX-License-Identifier: Apache-2.0
// For tests: a disk that fails when it is told to, and that knows what a loss of power would leave
// of each file: what was synced, and of what was written since then any part, in pieces of 512
// bytes. SQLite's own file layer does the work underneath. As nobody waits for the disk itself, it
// is also the quick disk of tests that write often. Tested by broken_disk_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"

struct sqlite3_vfs;  // NOLINT(readability-identifier-naming): theirs

namespace usher {

class BrokenDisk {
 public:
  enum class Op : std::uint8_t { write, sync, any };

  BrokenDisk();
  ~BrokenDisk();
  BrokenDisk(const BrokenDisk&) = delete;
  BrokenDisk& operator=(const BrokenDisk&) = delete;

  // What SQLite knows it by.
  [[nodiscard]] const char* name() const { return name_.c_str(); }

  // The n-th of these operations from now on fails, 1 is the next; `once`, or all after it too.
  void fail(Op op, int nth, int code, bool once = true);
  void heal() { left_ = 0; }
  [[nodiscard]] bool has_failed() const { return failed_; }

  [[nodiscard]] int writes() const { return writes_; }
  [[nodiscard]] int syncs() const { return syncs_; }
  // Written and not synced, as far as it counts: shared memory does not.
  [[nodiscard]] bool owes_a_sync() const;

  // Writes the files a loss of power would leave into `folder`.
  void lose_power(const std::string& folder, Random& random) const;

 private:
  friend struct BrokenFile;
  struct Write {
    std::int64_t offset = 0;
    std::string bytes;
    bool truncates = false;  // to `offset`
  };
  struct Kept {
    bool there = false;
    std::string durable;
    std::vector<Write> since;
  };

  // The code to fail with, or SQLITE_OK.
  int judge(Op op);
  Kept& opened(const std::string& path);
  void synced(Kept& kept);
  static void apply(std::string& content, const Write& write);

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, Kept> files_;
  Op op_ = Op::any;
  int left_ = 0;
  int code_ = 0;
  bool once_ = true;
  bool failed_ = false;
  int writes_ = 0;
  int syncs_ = 0;
};

}  // namespace usher
