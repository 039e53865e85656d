// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <array>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/signals.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

struct Pipe {
  Fd reader;
  Fd writer;
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader = Fd(ends[0]);
    writer = Fd(ends[1]);
  }
};

TEST(FdOutput, WritesEverythingToAPipeThatIsFull) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string text(1 << 20, 'x');
  std::string received;
  std::thread reader([&] {
    std::string chunk(1 << 16, '\0');
    while (received.size() < text.size()) {
      const ssize_t got = ::read(pipe.reader.get(), chunk.data(), chunk.size());
      if (got <= 0) break;
      received.append(chunk, 0, static_cast<std::size_t>(got));
    }
  });
  FdOutput output(pipe.writer.get());
  output.write(text);
  reader.join();
  EXPECT_EQ(received.size(), text.size());
  EXPECT_EQ(output.failure(), "");
}

TEST(FdOutput, TakesAClosedPipeForAReaderThatHasSeenEnough) {
  ignore_closed_pipes();
  Pipe pipe;
  pipe.reader.reset();
  FdOutput output(pipe.writer.get());
  output.line("nobody reads this");
  output.line("nor this");
  EXPECT_EQ(output.failure(), "");
}

TEST(FdOutput, RemembersThatADiskIsFull) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  FdOutput output(full.get());
  output.line("x");
  EXPECT_EQ(output.failure(), "No space left on device");
}

TEST(FdOutput, IsNoTerminalWhenItIsAPipe) {
  const Pipe pipe;
  const FdOutput output(pipe.writer.get());
  EXPECT_FALSE(output.is_terminal());
  EXPECT_EQ(output.width(), 80);
}

TEST(Looks, FollowTheTerminalAndTheEnvironment) {
  TextOutput output;
  EXPECT_FALSE(looks_of(output, "", "", "xterm").colour);
  EXPECT_FALSE(looks_of(output, "", "", "xterm").redraw);
  output.terminal = true;
  EXPECT_TRUE(looks_of(output, "", "", "xterm").colour);
  EXPECT_FALSE(looks_of(output, "1", "", "xterm").colour);
  EXPECT_TRUE(looks_of(output, "1", "", "xterm").redraw);
  EXPECT_FALSE(looks_of(output, "", "true", "xterm").colour);
  EXPECT_FALSE(looks_of(output, "", "", "dumb").redraw);
  EXPECT_FALSE(looks_of(output, "", "", "dumb").colour);
}

TEST(Looks, PutColourAroundTextOnlyWhenWanted) {
  EXPECT_EQ(toned("x", Tone::bad, false), "x");
  EXPECT_EQ(toned("x", Tone::plain, true), "x");
  EXPECT_EQ(toned("x", Tone::bad, true), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace usher::cli
