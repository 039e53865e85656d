// SPDX-License-Identifier: Apache-2.0
// What a person hears while customers are imported: what was checked, how it starts, the first
// batches that fail, that retry files appear, and how far it is. Bounded. Tested by
// command_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/customers/import.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace usher::cli {

class CustomerNarrator : public customers::Face {
 public:
  static constexpr std::uint64_t kMostWarnings = 20;
  static constexpr std::uint64_t kMostBatches = 5;
  static constexpr std::size_t kMostFindings = 10;

  struct Plan {
    std::string target;
    std::string pace;
    bool quiet = false;
    bool notes = true;  // also when quiet
    std::function<int()> stops_seen;
  };
  CustomerNarrator(Plan plan, Output& output, Looks looks)
      : plan_(std::move(plan)), colour_(looks.colour), display_(output, looks) {}

  void finalised(const customers::Finalised& job) override;
  void checked(const customers::Checked& checked) override;
  void started(const customers::JobStart& start) override;
  void warned(const std::string& warning) override;
  void batch_ended(const customers::Batch& batch, const BatchTurn::End& end) override;
  void progressed(const customers::Progress& progress) override;
  void finish();

  [[nodiscard]] const std::optional<customers::Checked>& check() const { return checked_; }

 private:
  void say(std::string_view text, Tone tone = Tone::plain);

  Plan plan_;
  bool colour_;
  ProgressDisplay display_;
  std::optional<customers::Checked> checked_;
  std::uint64_t items_ = 0;
  std::uint64_t warnings_ = 0;
  std::uint64_t failed_batches_ = 0;
  bool told_retry_ = false;
  int told_stops_ = 0;
};

}  // namespace usher::cli
