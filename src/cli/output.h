// SPDX-License-Identifier: Apache-2.0
// Where text goes. A terminal, a pipe or a file behind one door, so that commands never ask which
// it is except for looks, and tests read what a person would have seen. A reader that goes away
// (usher ... | head -1) is no error of the import: what follows is dropped. Tested by
// output_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace usher::cli {

class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  virtual void write(std::string_view text) = 0;
  // Nothing more arrives: the reader went away, or failure().
  [[nodiscard]] virtual bool gone() const { return false; }
  // Text that cannot be shown: why, or empty. A closed pipe is not such a failure.
  [[nodiscard]] virtual std::string failure() const { return {}; }
  [[nodiscard]] virtual bool is_terminal() const { return false; }
  [[nodiscard]] virtual int width() const { return 80; }  // columns, now

  void line(std::string_view text);
};

class FdOutput : public Output {
 public:
  explicit FdOutput(int fd);  // not owned
  void write(std::string_view text) override;
  [[nodiscard]] bool gone() const override { return gone_; }
  [[nodiscard]] std::string failure() const override { return failure_; }
  [[nodiscard]] bool is_terminal() const override { return terminal_; }
  [[nodiscard]] int width() const override;

 private:
  int fd_;
  bool terminal_ = false;
  bool gone_ = false;
  std::string failure_;
};

// What the environment says about looks (no-color.org; CI logs show escape codes as noise).
struct Looks {
  bool colour = false;
  bool redraw = false;  // may the cursor move?
};
[[nodiscard]] Looks looks_of(const Output& output, std::string_view no_color, std::string_view ci,
                             std::string_view term);

enum class Tone { plain, good, warning, bad, faint };
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool colour);

}  // namespace usher::cli
