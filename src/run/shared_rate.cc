// SPDX-License-Identifier: Apache-2.0
#include "run/shared_rate.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <pthread.h>

namespace usher {

SharedRate::SharedRate(RateFile file, std::string path, std::vector<RateWindow> windows,
                       RateClock clock)
    : file_(std::move(file)),
      path_(std::move(path)),
      book_(std::move(windows), file_.memory(), this),
      clock_(std::move(clock)) {}

Result<std::shared_ptr<SharedRate>> SharedRate::open(const std::string& path,
                                                     std::vector<RateWindow> windows,
                                                     RateClock clock) {
  USHER_TRY_ASSIGN(RateFile file, RateFile::open(path, windows, clock));
  std::shared_ptr<SharedRate> rate(
      new SharedRate(std::move(file), path, std::move(windows), std::move(clock)));
  rate->bury_dead();
  ByteLock::drop(rate->file_.fd(), ByteLock::kDoor);
  return rate;
}

SharedRate::~SharedRate() {
  if (!holder_) return;
  const RateBook::Turn turn(book_);
  book_.bury(*holder_, clock_.now() + clock_.grace);
}

// The byte first: whoever finds the place held and the byte free has found a dead process.
Result<RateShare> SharedRate::join() {
  USHER_TRY(ByteLock::take_door(file_.fd(), path_));
  Result<bool> got = false;
  {
    const RateBook::Turn turn(book_);
    book_.settle(clock_.now());
    for (std::uint32_t place = 0; place < RateBook::kMostHolders && got && !*got; ++place) {
      if (!book_.vacant(place)) continue;
      got = ByteLock::take(file_.fd(), place, path_);
      if (!got || !*got) continue;
      book_.hold(place);
      holder_ = place;
    }
  }
  ByteLock::drop(file_.fd(), ByteLock::kDoor);
  USHER_TRY(got);
  if (!holder_) return fail(path_ + ": too many workers share it", "use fewer --workers");
  return RateShare{std::shared_ptr<RateBook>(shared_from_this(), &book_), *holder_};
}

int SharedRate::settle_dead() {
  if (!ByteLock::take_door(file_.fd(), path_)) return 0;
  const int dead = bury_dead();
  ByteLock::drop(file_.fd(), ByteLock::kDoor);
  return dead;
}

// Behind the locked door.
int SharedRate::bury_dead() {
  const RateBook::Turn turn(book_);
  int dead = 0;
  for (std::uint32_t place = 0; place < RateBook::kMostHolders; ++place) {
    if (!book_.held(place) || place == holder_) continue;
    if (ByteLock::elsewhere(file_.fd(), place)) continue;
    book_.bury(place, clock_.now() + clock_.grace);
    ++dead;
  }
  book_.settle(clock_.now());
  return dead;
}

// Only those who hold a place, or have locked the door, come here: so the first one of a run can
// make the mutex anew, whatever state it was left in.
void SharedRate::enter() {
  const int trouble = pthread_mutex_lock(file_.mutex());
  if (trouble == 0) return;
  if (trouble != EOWNERDEAD) std::abort();
  book_.repair();
  pthread_mutex_consistent(file_.mutex());
}

void SharedRate::leave() {
  pthread_mutex_unlock(file_.mutex());
}

}  // namespace usher
