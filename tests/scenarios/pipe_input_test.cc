// SPDX-License-Identifier: Apache-2.0
// Inputs that can be read only once: named pipes and the standard input. They are opened once, and
// waiting for them never makes the program deaf.
#include <array>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PipeInput : public ::testing::Test {
 protected:
  PipeInput() { EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0); }
  // Waits until the program reads.
  [[nodiscard]] Fd writer() const { return Fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC)); }
  static void write(const Fd& fd, std::string_view text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  LocalApi api;
  ScratchFolder folder;
  std::string path = folder.at("people.fifo");
  Launch launch = import_into(api, folder.path(), {"--csv", "people.fifo"});
};

TEST_F(PipeInput, IsOpenedOnceAndReadToItsEnd) {
  Process import(launch);
  write(writer(), people(20));
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_EQ(api.count("users"), 20);
}

TEST_F(PipeInput, OfADryRunToo) {
  launch.arguments.emplace_back("--dry-run");
  Process import(launch);
  write(writer(), people(20));
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_EQ(api.count("requests.total"), 0);
}

TEST_F(PipeInput, ThatIsSilentIsLeftAtTheFirstInterrupt) {
  for (const bool dry : {false, true}) {
    for (const std::string_view text : {"", "email,first_", "email\n"}) {
      SCOPED_TRACE(fmt::format("dry run: {}, held: {}", dry, text));
      Launch wanted = launch;
      if (dry) wanted.arguments.emplace_back("--dry-run");
      Process import(wanted);
      const Fd open = writer();
      write(open, text);
      import.signal(SIGINT);
      EXPECT_EQ(import.wait(), 130);
      EXPECT_THAT(import.out(), HasSubstr("Interrupted"));
      EXPECT_THAT(import.err(), Not(HasSubstr("Stopped:")));
    }
  }
}

TEST_F(PipeInput, ThatStopsInTheMiddleIsLeftWithWhatWasDone) {
  Process import(launch);
  const Fd open = writer();
  write(open, people(3));
  ASSERT_TRUE(import.read_until([&] { return import.err().contains("Importing"); }));
  import.signal(SIGINT);
  EXPECT_EQ(import.wait(), 130);
  EXPECT_THAT(import.out(), HasSubstr("Interrupted"));
}

TEST_F(PipeInput, IsNotReadOnWhenTheKeyIsRefused) {
  launch.variables["WORKOS_SECRET_KEY"] = "pk_wrong";
  Process import(launch);
  const Fd open = writer();
  write(open, people(500));
  EXPECT_EQ(import.wait(), 2) << import.out();
  EXPECT_THAT(import.out(), HasSubstr("the rest of the input, which was not read"));
}

TEST_F(PipeInput, MayBeTheStandardInput) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const Fd reader(ends[0]);
  Fd other(ends[1]);
  write(other, people(5));
  other.reset();
  launch.arguments = import_into(api, folder.path(), {"--csv", "-"}).arguments;
  launch.input = reader.get();
  Process import(launch);
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_THAT(import.out(), HasSubstr("standard input (user-only)"));
  EXPECT_EQ(api.count("users"), 5);
}

TEST_F(PipeInput, IsCountedFirstWhenTheStandardInputIsAFile) {
  const Fd file(::open(folder.write("u.csv", people(5)).c_str(), O_RDONLY | O_CLOEXEC));
  launch.arguments = import_into(api, folder.path(), {"--csv", "-"}).arguments;
  launch.input = file.get();
  Process import(launch);
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_THAT(import.err(), HasSubstr("Importing standard input: 5 rows, user-only"));
  EXPECT_EQ(api.count("users"), 5);
}

}  // namespace
}  // namespace usher::scenarios
