// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::cli {
namespace {

using std::chrono::seconds;

constexpr double kSmoothing = 30.0;  // seconds: three windows of the limits, each with its burst
constexpr Duration kLeastSample = std::chrono::milliseconds{200};
constexpr Duration kRedraw = std::chrono::milliseconds{100};
constexpr Duration kLinesApart = seconds{3};
constexpr Duration kLinesAtLeast = seconds{30};
constexpr std::size_t kLeastBar = 8;
constexpr std::size_t kMostBar = 30;

std::string rows_in_words(const Progress& progress) {
  const auto done = with_commas(progress.tally.rows.done());
  if (progress.total_rows == 0) return fmt::format("{} {}", done, progress.things);
  return fmt::format("{}/{} {}", done, with_commas(progress.total_rows), progress.things);
}

std::uint64_t parts_done(const Progress& progress, std::uint64_t parts) {
  if (progress.total_rows == 0) return 0;
  const auto done = std::min(progress.tally.rows.done(), progress.total_rows);
  return static_cast<std::uint64_t>(static_cast<double>(done) * static_cast<double>(parts) /
                                    static_cast<double>(progress.total_rows));
}

std::string eta_in_words(const Progress& progress, double rate) {
  const auto left = estimate(progress, rate);
  if (!left || *left == Duration{}) return {};
  return "ETA " + time_left(*left);
}

std::string errors_in_words(std::uint64_t errors) {
  if (errors == 0) return {};
  return with_commas(errors) + (errors == 1 ? " error" : " errors");
}

struct Part {
  std::string text;
  int importance = 0;
  Tone tone = Tone::plain;
};

// Columns of a line of `used` once this part stands behind it.
std::size_t with_part(std::size_t used, std::string_view text) {
  return text.empty() ? used : used + utf8_length(text) + (used > 0 ? 2 : 0);
}

std::string cut(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (; end < text.size() && columns > 0; --columns) {
    do ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
  }
  return std::string(text.substr(0, end));
}

std::string blocks(std::size_t filled, std::size_t total) {
  std::string bar;
  for (std::size_t i = 0; i < total; ++i) bar += i < filled ? "█" : "░";
  return bar;
}

std::size_t width_of(const std::vector<Part>& parts) {
  std::size_t width = 0;
  for (const Part& part : parts) width = with_part(width, part.text);
  return width;
}

// Keeps the parts for which there is room, the most important first. Where there is not enough for
// all, what stands in brackets goes first.
void fit(std::vector<Part>& parts, std::size_t columns) {
  if (width_of(parts) <= columns) return;
  std::vector<Part*> order;
  order.reserve(parts.size());
  for (Part& part : parts) order.push_back(&part);
  std::ranges::sort(order, std::ranges::greater{}, &Part::importance);
  std::size_t used = 0;
  for (Part* part : order) {
    if (part->tone == Tone::warning)
      part->text.resize(std::min(part->text.find(" ("), part->text.size()));
    if (with_part(used, part->text) > columns) {
      part->text = used == 0 ? cut(part->text, columns) : std::string();
    }
    used = with_part(used, part->text);
  }
}

}  // namespace

double Speedometer::add(Duration elapsed, std::uint64_t rows_done) {
  const Duration passed = elapsed - last_;
  if (passed < kLeastSample || rows_done < rows_) return rate_;
  const double total = std::chrono::duration<double>(elapsed).count();
  const double span = std::chrono::duration<double>(passed).count();
  const double now = static_cast<double>(rows_done - rows_) / span;
  rate_ = total <= kSmoothing || last_ == Duration{}
              ? static_cast<double>(rows_done) / total
              : rate_ + (1.0 - std::exp(-span / kSmoothing)) * (now - rate_);
  last_ = elapsed;
  rows_ = rows_done;
  return rate_;
}

std::string rate_in_words(double a_second, std::string_view things) {
  if (a_second < 9.95) return fmt::format("{:.1f} {}/s", a_second, things);
  return fmt::format("{} {}/s", with_commas(static_cast<std::uint64_t>(std::llround(a_second))),
                     things);
}

std::string time_left(Duration left) {
  const auto total = std::chrono::ceil<seconds>(left).count();
  if (total < 60) return fmt::format("{}s", total);
  if (total < 3600) return fmt::format("{}m {:02}s", total / 60, total % 60);
  return fmt::format("{}h {:02}m", total / 3600, total / 60 % 60);
}

std::optional<Duration> estimate(const Progress& progress, double rate) {
  const auto done = progress.tally.rows.done();
  if (progress.total_rows == 0) return std::nullopt;
  if (progress.total_rows <= done) return Duration{};
  if (rate < 1e-6) return std::nullopt;
  const auto rows_left = static_cast<double>(progress.total_rows - done);
  double left = rows_left / rate;
  const auto now_done = static_cast<double>(done - std::min(done, progress.earlier));
  if (progress.most_writes > 0 && now_done > 0) {
    const double writes_a_row = static_cast<double>(progress.tally.traffic.writes) / now_done;
    left = std::max(left, rows_left * writes_a_row / progress.most_writes);
  }
  constexpr double kTooFar = 1e7;  // seconds: four months, no forecast
  if (left > kTooFar) return std::nullopt;
  return seconds{static_cast<std::int64_t>(std::ceil(left))};
}

std::string chunks_in_words(std::uint64_t done, std::uint64_t chunks, std::string_view noun) {
  const std::uint64_t percent = chunks == 0 ? 100 : std::min(done, chunks) * 100 / chunks;
  return fmt::format("{}/{} {} ({}%)", done, chunks, noun, percent);
}

std::string render_bar(const Progress& progress, double rate, int width, bool colour) {
  const auto columns = static_cast<std::size_t>(std::max(width - 1, 1));
  const std::string waiting =
      progress.waiting.empty() ? std::string() : "waiting: " + printable(progress.waiting);
  std::vector<Part> parts = {
      {"", 0, Tone::good},  // the bar, when there is room left
      {progress.total_rows == 0 ? "" : fmt::format("{}%", parts_done(progress, 100)), 7},
      {rows_in_words(progress), 6},
      {progress.chunks == 0 ? ""
                            : fmt::format("{}/{} chunks", progress.chunks_done, progress.chunks),
       2},
      {rate > 0 ? rate_in_words(rate, progress.things) : "", 1},
      {eta_in_words(progress, rate), 3},
      {errors_in_words(progress.tally.rows.failed), 5, Tone::bad},
      {waiting, 4, Tone::warning},
  };
  fit(parts, columns);
  const std::size_t used = width_of(parts) + 2;
  if (progress.total_rows > 0 && used + kLeastBar <= columns) {
    const std::size_t room = std::min(columns - used, kMostBar);
    parts.front().text = blocks(parts_done(progress, room), room);
  }
  std::string line;
  for (const Part& part : parts) {
    if (part.text.empty()) continue;
    if (!line.empty()) line += "  ";
    line += toned(part.text, part.tone, colour);
  }
  return line;
}

std::string render_line(const Progress& progress, double rate) {
  std::string line = rows_in_words(progress);
  if (progress.total_rows > 0) line += fmt::format(" ({}%)", parts_done(progress, 100));
  const std::string waiting = progress.waiting.empty() ? "" : "waiting: " + progress.waiting;
  for (const std::string& part :
       {rate > 0 ? rate_in_words(rate, progress.things) : std::string(),
        eta_in_words(progress, rate), errors_in_words(progress.tally.rows.failed), waiting}) {
    if (!part.empty()) line += ", " + part;
  }
  return line;
}

std::string render_chunks(const Progress& progress, double rate) {
  const auto left = estimate(progress, rate);
  return fmt::format("Progress: {} - ETA: {}",
                     chunks_in_words(progress.chunks_done, progress.chunks),
                     left ? time_left(*left) : "calculating...");
}

bool ProgressDisplay::is_line_due(const Progress& progress) const {
  const Duration passed = progress.elapsed - shown_.value_or(Duration{});
  if (passed >= kLinesAtLeast) return true;
  if (progress.chunks > 0) return false;
  return passed >= kLinesApart && parts_done(progress, 10) > tenths_;
}

void ProgressDisplay::show(const Progress& progress) {
  const auto done = progress.tally.rows.done();
  speed_.add(progress.elapsed, done - std::min(done, progress.earlier));
  if (looks_.redraw) {
    if (shown_ && progress.elapsed - *shown_ < kRedraw) return;
    erase();
    bar_ = render_bar(progress, speed_.rate(), output_.width(), looks_.colour);
    draw();
    shown_ = progress.elapsed;
  } else {
    show_line(progress);
  }
}

void ProgressDisplay::show_line(const Progress& progress) {
  const bool chunk_ended = progress.chunks_done > chunks_done_;
  if (!chunk_ended && !is_line_due(progress)) return;
  output_.line(chunk_ended ? render_chunks(progress, speed_.rate())
                           : render_line(progress, speed_.rate()));
  chunks_done_ = std::max(chunks_done_, progress.chunks_done);
  tenths_ = parts_done(progress, 10);
  shown_ = progress.elapsed;
}

void ProgressDisplay::say(std::string_view line) {
  erase();
  output_.line(line);
  draw();
}

void ProgressDisplay::finish() {
  erase();
  bar_.clear();
}

void ProgressDisplay::draw() {
  if (!bar_.empty()) output_.write(bar_);
}

void ProgressDisplay::erase() {
  if (!bar_.empty()) output_.write("\r\x1b[2K");
}

}  // namespace usher::cli
