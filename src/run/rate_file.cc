// SPDX-License-Identifier: Apache-2.0
#include "run/rate_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <type_traits>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::string_view kMagic = "usher rate 1\n";
constexpr std::size_t kPage = 4096;
constexpr std::size_t kLongestName = 47;  // of a window, in the file
constexpr Duration kPatience = std::chrono::seconds{3};
constexpr Duration kLook = std::chrono::milliseconds{2};

// Until `done` says so, at most kPatience long.
template <class Done>
bool within_patience(Done done) {
  const Instant end = read_clocks().steady + kPatience;
  while (!done()) {
    if (read_clocks().steady >= end) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

// Empty where /proc is not to be had: then the instants themselves must look right (sane).
std::string read_boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id", 128);
  return text ? std::string(trim(*text)) : std::string();
}

template <std::size_t N>
void put(std::array<char, N>& field, std::string_view text) {
  field = {};
  std::copy_n(text.begin(), std::min(text.size(), N - 1), field.begin());
}

template <std::size_t N>
std::string get(const std::array<char, N>& field) {
  return {field.begin(), std::find(field.begin(), field.end(), '\0')};
}

// As they read in a file: long names are cut.
std::vector<RateWindow> described(std::vector<RateWindow> windows) {
  for (RateWindow& window : windows) {
    if (window.name.size() >= kLongestName) window.name.resize(kLongestName);
  }
  return windows;
}

struct flock on(std::uint32_t byte, short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

}  // namespace

// --- locks -------------------------------------------------------------------------------------

Result<bool> ByteLock::take(const Fd& file, std::uint32_t byte, const std::string& path) {
  struct flock lock = on(byte, F_WRLCK);
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES || errno == EINTR) return false;
  return std::unexpected(system_error("cannot lock", path, errno));
}

Status ByteLock::take_door(const Fd& file, const std::string& path) {
  Result<bool> got = false;
  const bool answered = within_patience([&] {
    got = take(file, kDoor, path);
    return !got || *got;
  });
  if (!answered) {
    return fail(path + ": another process keeps it locked", "run this again in a moment");
  }
  USHER_TRY(got);
  return {};
}

void ByteLock::drop(const Fd& file, std::uint32_t byte) {
  struct flock lock = on(byte, F_UNLCK);
  (void)::fcntl(file.get(), F_OFD_SETLK, &lock);
}

bool ByteLock::elsewhere(const Fd& file, std::uint32_t byte) {
  struct flock lock = on(byte, F_WRLCK);
  return ::fcntl(file.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

// --- layout ------------------------------------------------------------------------------------

struct RateFile::Page {
  struct Window {
    std::array<char, kLongestName + 1> name{};
    std::int64_t span = 0;
    std::uint32_t limit = 0;
    std::uint32_t unused = 0;
  };
  std::array<char, 16> magic{};
  std::array<char, 48> boot{};
  std::uint64_t size = 0;  // of the file
  std::uint32_t holders = 0;
  std::uint32_t windows = 0;
  std::array<Window, 32> window{};
  pthread_mutex_t mutex{};

  void describe(const std::vector<RateWindow>& rates) {
    put(magic, kMagic);
    put(boot, read_boot_id());
    size = kPage + RateBook::bytes_for(rates);
    holders = RateBook::kMostHolders;
    windows = static_cast<std::uint32_t>(rates.size());
    for (std::size_t i = 0; i < rates.size(); ++i) {
      put(window[i].name, rates[i].name);
      window[i].span = rates[i].span.count();
      window[i].limit = rates[i].limit;
    }
  }
};

// What a file says of itself, when that makes sense.
struct RateFile::Facts {
  bool empty = false;  // nothing was ever in it
  bool valid = false;
  std::string boot;
  std::vector<RateWindow> windows;
};

RateFile::Facts RateFile::facts_of(const Fd& file) {
  static_assert(sizeof(Page) <= kPage && std::is_trivially_copyable_v<Page>);
  Facts facts;
  struct stat about = {};
  Page page;
  if (::fstat(file.get(), &about) != 0) return facts;
  facts.empty = about.st_size == 0;
  if (::pread(file.get(), &page, sizeof page, 0) != static_cast<ssize_t>(sizeof page)) return facts;
  if (get(page.magic) != kMagic || page.holders != RateBook::kMostHolders) return facts;
  if (page.windows > page.window.size()) return facts;
  for (std::size_t i = 0; i < page.windows; ++i) {
    const Page::Window& window = page.window[i];
    // A limit is as long as its ring: a wrong one is not believed beyond the size of the file.
    if (window.limit > static_cast<std::uint64_t>(about.st_size) || window.span < 0) return facts;
    facts.windows.push_back({get(window.name), window.limit, Duration{window.span}});
  }
  facts.boot = get(page.boot);
  facts.valid = page.size == static_cast<std::uint64_t>(about.st_size) &&
                page.size == kPage + RateBook::bytes_for(facts.windows);
  return facts;
}

RateFile::Page& RateFile::page() const {
  return *reinterpret_cast<Page*>(bytes_.data());
}

pthread_mutex_t* RateFile::mutex() const {
  return &page().mutex;
}

std::span<std::byte> RateFile::memory() const {
  return bytes_.subspan(kPage);
}

void RateFile::make_mutex() const {
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  page().mutex = {};
  if (pthread_mutex_init(&page().mutex, &kind) != 0) std::abort();
  pthread_mutexattr_destroy(&kind);
}

bool RateFile::anybody(const Fd& file) {
  for (std::uint32_t holder = 0; holder < RateBook::kMostHolders; ++holder) {
    if (ByteLock::elsewhere(file, holder)) return true;
  }
  return false;
}

// --- the file ----------------------------------------------------------------------------------

RateFile::~RateFile() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

Result<RateFile> RateFile::map(Fd fd, std::size_t size, bool privately, const std::string& path) {
  const int kind = privately ? MAP_PRIVATE : MAP_SHARED;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, kind, fd.get(), 0);
  if (memory == MAP_FAILED) return std::unexpected(system_error("cannot map", path, errno));
  return RateFile(std::move(fd), {static_cast<std::byte*>(memory), size});
}

// The room is taken at once: a full disk is an error here, and not a signal later.
Result<RateFile> RateFile::make(const std::string& path, const std::vector<RateWindow>& windows) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return std::unexpected(system_error("cannot create", path, errno));
  Page page;
  page.describe(windows);
  const int full = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(page.size));
  if (full != 0) return std::unexpected(system_error("cannot write", path, full));
  USHER_TRY_ASSIGN(RateFile file, map(std::move(fd), page.size, false, path));
  file.page() = page;
  file.make_mutex();
  return file;
}

Status RateFile::replace(const Fd& old, const std::string& path,
                         const std::vector<RateWindow>& windows, const RateClock& clock) {
  if (!within_patience([&] { return !anybody(old); })) {
    return fail(path + ": another process of this job is still at work",
                "wait for it to end, or end it, and run this again");
  }
  const Instant now = clock.now();
  const Facts facts = facts_of(old);
  const std::string beside = path + ".new";
  USHER_TRY_ASSIGN(const RateFile made, make(beside, windows));
  RateBook book(windows, made.memory(), nullptr);
  if (facts.valid && facts.boot != read_boot_id()) {
    // Since then no more time has gone by for certain than since this boot.
    book.use_up(Instant{Duration{1}});
  } else if (facts.valid) {
    const int fd = ::fcntl(old.get(), F_DUPFD_CLOEXEC, 0);
    USHER_TRY_ASSIGN(const RateFile before,
                     map(Fd(fd), kPage + RateBook::bytes_for(facts.windows), true, path));
    RateBook earlier(facts.windows, before.memory(), nullptr);
    earlier.repair();
    earlier.sane(now) ? book.inherit(earlier, now + clock.grace) : book.use_up(now);
  } else if (!facts.empty) {
    book.use_up(now);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    return std::unexpected(system_error("cannot replace", path, errno));
  }
  return {};
}

// Nothing when the file was replaced while this process waited at its door.
Result<Fd> RateFile::open_door(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!fd) return std::unexpected(system_error("cannot open", path, errno));
  struct stat about = {};
  if (::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return fail(path + ": is no regular file", "remove it and run this again");
  }
  USHER_TRY(ByteLock::take_door(fd, path));
  struct stat there = {};
  const bool same = ::stat(path.c_str(), &there) == 0 && there.st_dev == about.st_dev &&
                    there.st_ino == about.st_ino;
  return same ? std::move(fd) : Fd();
}

Result<RateFile> RateFile::open(const std::string& path, const std::vector<RateWindow>& windows,
                                const RateClock& clock) {
  if (windows.size() > Page{}.window.size()) return fail(path + ": too many rate limits");
  const std::size_t size = kPage + RateBook::bytes_for(windows);
  const std::string boot = read_boot_id();
  for (int round = 0; round < 100; ++round) {
    USHER_TRY_ASSIGN(Fd fd, open_door(path));
    if (!fd) continue;
    const Facts facts = facts_of(fd);
    const bool as_wanted = facts.valid && facts.boot == boot && facts.windows == described(windows);
    if (as_wanted) {
      const bool alone = !anybody(fd);
      USHER_TRY_ASSIGN(RateFile file, map(std::move(fd), size, false, path));
      if (!alone) return file;
      RateBook book(windows, file.memory(), nullptr);
      book.repair();
      if (book.sane(clock.now())) {
        file.make_mutex();
        return file;
      }
      USHER_TRY(replace(file.fd(), path, windows, clock));
      continue;
    }
    USHER_TRY(replace(fd, path, windows, clock));
  }
  return fail(path + ": is replaced all the time", "end the other processes of this job");
}

}  // namespace usher
