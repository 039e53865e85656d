// SPDX-License-Identifier: Apache-2.0
#include "engine/dispatcher.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace usher {
namespace {

// 429 without Retry-After: nothing leaves for this long, doubling while it goes on.
constexpr Duration kFirstThrottle = std::chrono::milliseconds{250};
constexpr Duration kLongestThrottle = std::chrono::seconds{10};

Move parted() {
  Move move;
  move.kind = Move::Kind::parted;
  return move;
}

std::string in_brackets(const std::string& detail) {
  return detail.empty() ? std::string() : " (" + detail + ")";
}

}  // namespace

Dispatcher::Dispatcher(const Import::Options& options, const Target& target)
    : target_(target),
      concurrency_(options.concurrency),
      ahead_(options.begin_ahead),
      spacing_(options.spacing),
      retry_(options.retry),
      limited_(!options.windows.empty()),
      pacer_(options.rate.book ? Pacer(options.rate.book, options.rate.holder)
                               : Pacer(options.windows)),
      random_(options.seed) {}

Dispatcher::~Dispatcher() {
  for (; !later_.empty(); later_.pop()) delete later_.top().task;
}

WindowMask Dispatcher::mask_of(const net::Request& request) const {
  return limited_ ? target_.windows_of(request.method, request.path) : 0;
}

int Dispatcher::allowed() const {
  return outage_.on() ? 1 : concurrency_;
}

void Dispatcher::add(std::unique_ptr<Task> task, Instant not_before) {
  task->order = next_order_++;
  task->before = task->record.state;
  task->in_doubt = task->record.in_doubt();
  delay(std::move(task), not_before);
}

void Dispatcher::enqueue(std::unique_ptr<Task> task) {
  task->request = task->step->request();
  const WindowMask mask = mask_of(task->request);
  const bool begun = task->sent || task->removal || task->record.kind == StepKind::membership;
  ready_[{begun ? 0 : 1, mask}].push_back(std::move(task));
}

void Dispatcher::delay(std::unique_ptr<Task> task, Instant when) {
  const std::uint64_t order = task->order;
  later_.push({when, order, task.release()});
}

void Dispatcher::pump(Now now, Turn& turn) {
  // While a probe is under way there is hope; the client bounds how long that can be.
  if (halt_ == Import::Halt::none && in_flight() == 0 && outage_.hopeless(now.steady)) {
    stop_for(Import::Halt::unreachable,
             {"the API could not be reached for too long" + in_brackets(trouble_),
              outage_.ever_answered() ? "check the network and run it again"
                                      : "check --api-url and the network, and run it again"});
  }
  if (halt_ != Import::Halt::none || held_) return;
  while (!later_.empty() && later_.top().when <= now.steady) {
    std::unique_ptr<Task> task(later_.top().task);
    later_.pop();
    enqueue(std::move(task));
  }
  for (auto& [queue, tasks] : ready_) {
    while (!tasks.empty() && in_flight() < allowed() && next_start_ <= now.steady &&
           pacer_.take(queue.mask, now.steady)) {
      std::unique_ptr<Task> task = std::move(tasks.front());
      tasks.pop_front();
      send(std::move(task), queue.mask, now, turn);
    }
  }
  if (ahead_ > 0 && !turn.writes.empty()) announce(now, turn);
}

void Dispatcher::started(Instant when) {
  if (spacing_ > Duration{0}) next_start_ = std::max(next_start_, when + spacing_);
}

// Since the disk is written anyway: what will leave soon is begun with it, so that it can leave at
// once when an answer makes room.
void Dispatcher::announce(Now now, Turn& turn) {
  const bool writes_begun = std::ranges::any_of(
      turn.writes, [](const StepWrite& write) { return write.record.state == StepState::begun; });
  if (!writes_begun) return;
  std::size_t left = ahead_;
  for (auto& [queue, tasks] : ready_) {
    for (auto& task : tasks) {
      if (!task->step->creates()) continue;
      if (left-- == 0) return;
      begin(*task, now, turn);
    }
  }
}

void Dispatcher::begin(Task& task, Now now, Turn& turn) {
  if (!task.step->creates() || task.record.state == StepState::begun) return;
  task.record.state = StepState::begun;
  task.record.begun_at = now.wall;
  turn.writes.push_back({task.key, task.record});
}

void Dispatcher::send(std::unique_ptr<Task> task, WindowMask mask, Now now, Turn& turn) {
  const std::uint64_t ticket = next_ticket_++;
  net::Request request = std::move(task->request);
  begin(*task, now, turn);
  task->sent = true;
  task->resting = false;
  if (spacing_ > Duration{0}) next_start_ = now.steady + spacing_;
  ++traffic.requests;
  if (request.method != net::Method::get) {
    task->wrote = true;
    ++traffic.writes;
  }
  in_flight_.emplace(ticket, Flight{std::move(task), request.method, mask});
  turn.sends.push_back({ticket, std::move(request)});
}

Dispatcher::Heard Dispatcher::answered(std::uint64_t ticket, const net::Response& response,
                                       Now now) {
  const auto found = in_flight_.find(ticket);
  if (found == in_flight_.end()) return {};
  Flight flight = std::move(found->second);
  in_flight_.erase(found);
  pacer_.answered(flight.mask, now.steady);

  Answer answer = target_.judge(flight.method, response, now.wall);
  Heard heard = judged(std::move(flight), answer, now);
  if (heard.ended) heard.ended->answer = std::move(answer);
  return heard;
}

Dispatcher::Heard Dispatcher::judged(Flight flight, const Answer& answer, Now now) {
  Heard heard;
  switch (answer.kind) {
    case Answer::Kind::ok:
    case Answer::Kind::refused:
      outage_.answered();
      throttled_rounds_ = 0;
      if (answer.too_much && flight.task->step->can_part()) {
        heard.ended = Ended{std::move(flight.task), parted(), {}};
        return heard;
      }
      return moved(std::move(flight), answer, now);
    case Answer::Kind::stale:
      heard.stale = answer;
      delay(std::move(flight.task), now.steady);
      return heard;
    case Answer::Kind::throttled:
      throttled(std::move(flight.task), answer, now);
      return heard;
    case Answer::Kind::denied:
      stop_for(Import::Halt::denied, {fmt::format("the API refuses every request: HTTP {} {}",
                                                  answer.status, answer.message),
                                      answer.advice});
      delay(std::move(flight.task), now.steady);
      return heard;
    case Answer::Kind::unavailable:
    case Answer::Kind::in_doubt:
      break;
  }
  heard.ended = try_again(std::move(flight), answer, now);
  return heard;
}

const Task* Dispatcher::task_of(std::uint64_t ticket) const {
  const auto found = in_flight_.find(ticket);
  return found == in_flight_.end() ? nullptr : found->second.task.get();
}

Dispatcher::Heard Dispatcher::moved(Flight flight, const Answer& answer, Now now) {
  std::unique_ptr<Task> task = std::move(flight.task);
  if (flight.method == net::Method::get) task->failed_reads = 0;
  Move move = task->step->answered(answer);
  Heard heard;
  heard.was_there = std::exchange(task->step->was_there, std::nullopt);
  // Whom a killed run may have made tells nothing about the others.
  if (in_doubt(task->before)) heard.was_there.reset();
  const bool asks = move.kind == Move::Kind::ask;
  // One look that finds nothing settles no doubt: that the step would create again does.
  if (!asks || task->step->creates()) task->in_doubt = false;
  if (asks) {
    delay(std::move(task), now.steady + move.after);
  } else {
    heard.ended = Ended{std::move(task), std::move(move), {}};
  }
  return heard;
}

std::optional<Dispatcher::Ended> Dispatcher::try_again(Flight flight, const Answer& answer,
                                                       Now now) {
  std::unique_ptr<Task> task = std::move(flight.task);
  if (answer.kind == Answer::Kind::in_doubt) {
    if (task->step->creates()) {
      task->in_doubt = true;
      ++traffic.looked_up;
    }
    task->step->doubted();
  }
  trouble_ = answer.message;
  task->resting = true;
  // Once the API has answered, such a thing may be one server of many, or a network in between.
  if (answer.hopeless && !outage_.ever_answered()) {
    stop_for(Import::Halt::unreachable,
             {"the API cannot be reached: " + answer.message, "check --api-url"});
    delay(std::move(task), now.steady);
    return std::nullopt;
  }
  if (answer.status != 0 && answer.retry_after) {
    pacer_.pause(now.steady + *answer.retry_after, "the API asks to wait");
  }
  // (Who takes a request and is too slow for it is there.)
  const bool heard = answer.status != 0 || answer.too_much;
  const auto pause = outage_.failed(now.steady, heard);
  if (pause) {
    pacer_.pause_here(now.steady + *pause,
                      "the API does not answer" + in_brackets(answer.message) + ", trying again");
    const bool counts = answer.kind == Answer::Kind::in_doubt && task->step->sends_blindly();
    if (!counts) {
      ++traffic.retries;
      delay(std::move(task), now.steady);
      return std::nullopt;
    }
  }
  // (In an outage it is not the size: nothing else is answered either.)
  if (!pause && answer.too_much && task->step->can_part()) {
    return Ended{std::move(task), parted(), {}};
  }
  const bool read = flight.method == net::Method::get;
  const int failed = ++(read ? task->failed_reads : task->failed_writes);
  const auto wait = retry_.next(failed, answer.retry_after, random_);
  if (wait) {
    ++traffic.retries;
    delay(std::move(task), now.steady + *wait);
    return std::nullopt;
  }
  Move move = Move::failed(answer.as_failure(
      task->step->failed_at(),
      fmt::format("no useful answer after {} attempts to {}{}", failed,
                  read ? "look it up" : "write it", in_brackets(answer.message))));
  task->given_up = true;
  return Ended{std::move(task), std::move(move), {}};
}

void Dispatcher::throttled(std::unique_ptr<Task> task, const Answer& answer, Now now) {
  ++traffic.throttled;
  // What is refused during a pause had left before it: it is of the same round.
  Duration own{0};
  if (!pacer_.paused(now.steady)) {
    own = std::min(kFirstThrottle * (1 << std::min(throttled_rounds_, 6)), kLongestThrottle);
    ++throttled_rounds_;
  }
  Duration pause = answer.retry_after.value_or(own);
  if (const auto longer = outage_.failed(now.steady, true)) pause = std::max(pause, *longer);
  pacer_.pause(now.steady + pause, "the API asks to wait (429)");
  delay(std::move(task), now.steady);
}

void Dispatcher::stop_for(Import::Halt halt, Error reason) {
  if (halt_ != Import::Halt::none) return;
  halt_ = halt;
  halt_reason_ = std::move(reason);
}

std::vector<std::unique_ptr<Task>> Dispatcher::take_waiting() {
  std::vector<std::unique_ptr<Task>> tasks;
  for (; !later_.empty(); later_.pop()) tasks.emplace_back(later_.top().task);
  for (auto& [queue, waiting] : ready_) {
    for (auto& task : waiting) tasks.push_back(std::move(task));
    waiting.clear();
  }
  return tasks;
}

bool Dispatcher::stays(const Task& task, Instant when, Instant now) const {
  if (!task.wrote && !task.owed) return false;
  const Instant soon = now + kPatience;
  return !outage_.on() && !pacer_.paused(soon) && !(task.resting && when > soon);
}

std::vector<std::unique_ptr<Task>> Dispatcher::take_undone(Instant now) {
  std::vector<std::unique_ptr<Task>> tasks;
  std::vector<Later> kept;
  for (; !later_.empty(); later_.pop()) {
    if (stays(*later_.top().task, later_.top().when, now)) {
      kept.push_back(later_.top());
    } else {
      tasks.emplace_back(later_.top().task);
    }
  }
  for (const Later& later : kept) later_.push(later);
  for (auto& [queue, waiting] : ready_) {
    for (auto& task : waiting) {
      if (!stays(*task, now, now)) tasks.push_back(std::move(task));
    }
    std::erase(waiting, nullptr);
  }
  return tasks;
}

bool Dispatcher::idle() const {
  const bool none_ready = std::all_of(ready_.begin(), ready_.end(),
                                      [](const auto& queue) { return queue.second.empty(); });
  return in_flight() == 0 && later_.empty() && none_ready;
}

Instant Dispatcher::wake(Instant now) {
  if (halt_ != Import::Halt::none) return Pacer::kFarFuture;
  if (held_ || in_flight() >= allowed()) return Pacer::kFarFuture;
  Instant earliest = Pacer::kFarFuture;
  if (in_flight() == 0) earliest = outage_.hopeless_at().value_or(earliest);
  if (!later_.empty()) {
    const Instant unpaused = std::max(pacer_.wait(0, now).value_or(now), next_start_);
    earliest = std::min(earliest, std::max(later_.top().when, unpaused));
  }
  for (auto& [queue, tasks] : ready_) {
    if (tasks.empty()) continue;
    const Instant open = std::max(pacer_.wait(queue.mask, now).value_or(now), next_start_);
    earliest = std::min(earliest, open);
  }
  return earliest;
}

std::string Dispatcher::waiting(Instant now) {
  if (halt_ != Import::Halt::none) return halt_reason_.what;
  for (auto& [queue, tasks] : ready_) {
    if (!tasks.empty() && pacer_.wait(queue.mask, now)) return pacer_.reason(queue.mask, now);
  }
  const bool backing_off = in_flight() == 0 && !later_.empty() && later_.top().when > now;
  if (backing_off && !trouble_.empty()) {
    return fmt::format("trying again in {} ({})", to_words(later_.top().when - now), trouble_);
  }
  return {};
}

}  // namespace usher
