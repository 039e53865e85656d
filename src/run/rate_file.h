// SPDX-License-Identifier: Apache-2.0
// The file behind a SharedRate: a page that says what it is, a mutex, and the memory of a RateBook;
// and locks on single bytes of it, which the kernel lets go when their process dies. A file of
// other windows, another layout or another boot is replaced as a whole, never changed in place, so
// that whoever still has the old one mapped sees no half of it. Tested by shared_rate_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <pthread.h>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/rate_book.h"

namespace usher {

// A lock on one byte, held by an open file and not by a process: two openings exclude each other
// also within one process, and no pid is ever mistaken for another.
class ByteLock {
 public:
  static constexpr std::uint32_t kDoor = RateBook::kMostHolders;  // below: one per holder

  // False: another has it.
  [[nodiscard]] static Result<bool> take(const Fd& file, std::uint32_t byte,
                                         const std::string& path);
  // Waits for it, some seconds at most.
  [[nodiscard]] static Status take_door(const Fd& file, const std::string& path);
  static void drop(const Fd& file, std::uint32_t byte);
  [[nodiscard]] static bool elsewhere(const Fd& file, std::uint32_t byte);
};

// What a dead process had in flight counts as answered `grace` after its death was noticed: its
// bytes may still be on their way. The clock is read after that, never before: whoever waits for
// the door waits while others send, and die.
struct RateClock {
  std::function<Instant()> now = [] { return read_clocks().steady; };
  Duration grace = std::chrono::seconds{3};
};

// A mapped file; the mapping ends with it.
class RateFile {
 public:
  // The file at `path`, with its door locked; the caller opens the door when it is done.
  [[nodiscard]] static Result<RateFile> open(const std::string& path,
                                             const std::vector<RateWindow>& windows,
                                             const RateClock& clock);
  RateFile(RateFile&& other) noexcept
      : fd_(std::move(other.fd_)), bytes_(std::exchange(other.bytes_, {})) {}
  RateFile& operator=(RateFile&&) = delete;
  ~RateFile();

  [[nodiscard]] const Fd& fd() const { return fd_; }
  [[nodiscard]] pthread_mutex_t* mutex() const;
  [[nodiscard]] std::span<std::byte> memory() const;
  // Whether anybody holds a place. Only while nobody does, and the door is locked, may the mutex be
  // made anew.
  [[nodiscard]] static bool anybody(const Fd& file);
  void make_mutex() const;

 private:
  struct Page;
  struct Facts;  // read of a file that is there
  RateFile(Fd fd, std::span<std::byte> bytes) : fd_(std::move(fd)), bytes_(bytes) {}

  [[nodiscard]] static Result<Fd> open_door(const std::string& path);
  [[nodiscard]] static Result<RateFile> map(Fd fd, std::size_t size, bool privately,
                                            const std::string& path);
  [[nodiscard]] static Result<RateFile> make(const std::string& path,
                                             const std::vector<RateWindow>& windows);
  [[nodiscard]] static Status replace(const Fd& old, const std::string& path,
                                      const std::vector<RateWindow>& windows,
                                      const RateClock& clock);
  [[nodiscard]] static Facts facts_of(const Fd& file);
  [[nodiscard]] Page& page() const;

  Fd fd_;
  std::span<std::byte> bytes_;
};

}  // namespace usher
