// SPDX-License-Identifier: Apache-2.0
// How far an import has come, for somebody who waits for it: a bar that is redrawn on a terminal,
// plain lines now and then on a pipe, for a job one after each chunk. What is shown is decided by
// pure functions of the Progress and the width; the clock is the Progress's own. Tested by
// progress_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "cli/output.h"
#include "run/user_import.h"

namespace usher::cli {

// Rows a second: of the whole run at first, then smoothed over the last half minute or so, because
// a first burst does not promise the rest.
class Speedometer {
 public:
  double add(Duration elapsed, std::uint64_t rows_done);
  [[nodiscard]] double rate() const { return rate_; }

 private:
  Duration last_{};
  std::uint64_t rows_ = 0;
  double rate_ = 0;
};

// "498 rows/s", "0.4 rows/s"
[[nodiscard]] std::string rate_in_words(double a_second, std::string_view things = "rows");
[[nodiscard]] std::string time_left(Duration left);  // "42s", "44m 10s", "2h 13m"

// How long the rest takes at `rate`, the measured one of this run, yet never sooner than the rate
// limit lets the writes out that rows have needed so far. Nothing: nobody knows.
[[nodiscard]] std::optional<Duration> estimate(const Progress& progress, double rate);
// "16/100 chunks (16%)"
[[nodiscard]] std::string chunks_in_words(std::uint64_t done, std::uint64_t chunks,
                                          std::string_view noun = "chunks");

// One line without its end, at most `width` - 1 columns: the last column of a terminal wraps.
[[nodiscard]] std::string render_bar(const Progress& progress, double rate, int width, bool colour);
// "12,000/100,000 rows (12%), 498 rows/s, ETA 2m 57s, 3 errors, waiting: ..."
[[nodiscard]] std::string render_line(const Progress& progress, double rate);
// "Progress: 16/100 chunks (16%) - ETA: 44m 10s": scripts read it, so it must not change.
[[nodiscard]] std::string render_chunks(const Progress& progress, double rate);

// The writer. Messages appear above the bar; finish() leaves no trace of it.
class ProgressDisplay {
 public:
  ProgressDisplay(Output& output, Looks looks) : output_(output), looks_(looks) {}

  // Chunks that were complete when the run began: no news.
  void begin_at(std::uint64_t chunks_done) { chunks_done_ = chunks_done; }
  void show(const Progress& progress);
  void say(std::string_view line);
  void finish();

 private:
  void draw();
  void erase();
  void show_line(const Progress& progress);
  [[nodiscard]] bool is_line_due(const Progress& progress) const;

  Output& output_;
  Looks looks_;
  Speedometer speed_;
  std::string bar_;  // on the screen now; empty: none
  std::optional<Duration> shown_;
  std::uint64_t tenths_ = 0;       // of the rows, when the last plain line was written
  std::uint64_t chunks_done_ = 0;  // likewise
};

}  // namespace usher::cli
