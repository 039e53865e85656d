// SPDX-License-Identifier: Apache-2.0
#include "source/customers/generate.h"

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "source/customers/made_up_item.h"

namespace usher::customers {
namespace {

constexpr std::uint64_t kMostGenerated = 1'000'000'000;

std::string_view opening(Shape shape, ImportType type) {
  if (shape == Shape::array) return "[\n";
  if (type == ImportType::households) return "{\"households\": [\n";
  return shape == Shape::customers ? "{\"importId\": \"made-up\", \"customers\": [\n"
                                   : "{\"data\": [\n";
}

class Generator {
 public:
  using Write = std::function<Status(std::string_view)>;
  using NextFile = std::function<Status(std::uint64_t)>;

  Generator(const GenerateOptions& options, const NextFile& next_file, const Write& write)
      : options_(options),
        next_file_(next_file),
        write_(write),
        random_(options.seed),
        // Nobody of one seed stands in the way of somebody of another.
        prefix_(options.seed == GenerateOptions().seed ? "" : std::to_string(options.seed)) {}

  Result<Generated> run() {
    const std::uint64_t per_file = options_.per_file == 0 ? options_.count : options_.per_file;
    do {
      USHER_TRY(begin_file());
      for (std::uint64_t i = 0; i < per_file && made_.items < options_.count; ++i) {
        if (i > 0) text_ += ",\n";
        add_item();
        if (text_.size() >= kPiece) USHER_TRY(flush());
      }
      text_ += options_.shape == Shape::array ? "\n]\n" : "\n]}\n";
      USHER_TRY(flush());
    } while (made_.items < options_.count);
    return made_;
  }

 private:
  static constexpr std::size_t kPiece = 64 << 10;

  Status begin_file() {
    ++made_.files;
    USHER_TRY(next_file_(made_.files));
    text_ += opening(options_.shape, options_.type);
    return {};
  }

  Status flush() {
    made_.bytes += text_.size();
    Status done = write_(text_);
    text_.clear();
    return done;
  }

  // Spread evenly, and exactly as many as asked for. The first one has nobody before it.
  [[nodiscard]] Flaw next_flaw() {
    const auto bad = static_cast<std::uint64_t>(
        std::llround(static_cast<double>(options_.count) * options_.bad));
    const std::uint64_t index = made_.items;
    if ((index + 1) * bad / options_.count == index * bad / options_.count) return Flaw::none;
    constexpr std::array kOfHouseholds = {Flaw::unnamed, Flaw::same_id, Flaw::household};
    const std::uint64_t turn = made_.bad++;
    const Flaw flaw = options_.type == ImportType::households
                          ? kOfHouseholds[turn % kOfHouseholds.size()]
                          : static_cast<Flaw>(1 + turn % kFlaws);
    return flaw == Flaw::same_id && earlier_.empty() ? Flaw::unnamed : flaw;
  }

  void add_item() {
    const Flaw flaw = next_flaw();
    const std::string id = prefix_ + std::to_string(next_id_);
    if (options_.type == ImportType::customers) {
      append_customer(text_, id, earlier_, flaw, random_);
      ++next_id_;
    } else {
      const Members members{prefix_, next_id_, 1 + random_.below(5)};
      append_household(text_, members, earlier_, flaw, random_);
      next_id_ += members.count;
    }
    if (flaw == Flaw::none) earlier_ = id;
    ++made_.items;
  }

  const GenerateOptions& options_;
  const NextFile& next_file_;
  const Write& write_;
  Random random_;
  std::string prefix_;
  std::string text_;
  std::string earlier_;  // the id of a good item
  std::uint64_t next_id_ = kFirstCustomerId;
  Generated made_;
};

}  // namespace

Result<Generated> generate(const GenerateOptions& options,
                           const std::function<Status(std::uint64_t)>& next_file,
                           const std::function<Status(std::string_view)>& write) {
  if (options.count > kMostGenerated) {
    return fail(fmt::format("more than {} items", with_commas(kMostGenerated)));
  }
  if (!(options.bad >= 0 && options.bad <= 1)) return fail("a share lies between 0 and 1");
  return Generator(options, next_file, write).run();
}

}  // namespace usher::customers
