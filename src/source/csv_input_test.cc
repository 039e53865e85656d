// SPDX-License-Identifier: Apache-2.0
#include "source/csv_input.h"

#include <array>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scratch.h"

namespace usher::csv {
namespace {

using ::testing::HasSubstr;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader = Fd(ends[0]);
    writer = Fd(ends[1]);
  }
  void write(std::string_view text) const {
    ASSERT_EQ(::write(writer.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  Fd reader;
  Fd writer;
};

// The standard input of this process, for the life of this.
class StandardInput {
 public:
  explicit StandardInput(int fd) : saved_(::dup(STDIN_FILENO)) { ::dup2(fd, STDIN_FILENO); }
  ~StandardInput() { ::dup2(saved_.get(), STDIN_FILENO); }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  Fd saved_;
};

std::string read_all(const Bytes& bytes) {
  std::string text;
  std::array<char, 7> room{};
  while (true) {
    const auto got = bytes(room);
    EXPECT_TRUE(got) << got.error().line();
    if (!got || *got == 0) return text;
    text.append(room.data(), *got);
  }
}

class NamedPipe : public ::testing::Test {
 protected:
  NamedPipe() { EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0); }
  ScratchFolder folder;
  std::string path = folder.at("people.fifo");
};

TEST_F(NamedPipe, IsReadToItsEndThoughItsWriterComesLate) {
  const auto input = open_input(path).value();
  EXPECT_EQ(input.size, 0U);
  std::thread late([this] {
    const Fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(::write(writer.get(), "email\na", 7), 7);
    EXPECT_EQ(::write(writer.get(), "@example.com\n", 13), 13);
  });
  EXPECT_EQ(read_all(input.bytes), "email\na@example.com\n");
  late.join();
}

TEST_F(NamedPipe, ThatNobodyWritesToIsLeftWhenARunShallEnd) {
  const Pipe stop;
  stop.write("!");
  const auto input = open_input(path, stop.reader.get()).value();
  std::array<char, 16> room{};
  const auto got = input.bytes(room);
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().what, HasSubstr("people.fifo: reading was interrupted"));
}

TEST_F(NamedPipe, GivesWhatItHoldsBeforeItIsLeft) {
  const Pipe stop;
  const auto input = open_input(path, stop.reader.get()).value();
  const Fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(::write(writer.get(), "email\n", 6), 6);
  stop.write("!");
  std::array<char, 16> room{};
  EXPECT_EQ(input.bytes(room).value(), 6U);
  EXPECT_FALSE(input.bytes(room));
}

TEST(StandardInputOf, APipeIsReadOnce) {
  Pipe pipe;
  pipe.write("email\na@example.com\n");
  pipe.writer.reset();
  const StandardInput standard(pipe.reader.get());
  const auto input = open_input("-").value();
  EXPECT_EQ(input.size, 0U);
  EXPECT_EQ(read_all(input.bytes), "email\na@example.com\n");
}

TEST(StandardInputOf, AFileIsReadFromItsPlaceAsOftenAsItIsOpened) {
  const ScratchFolder folder;
  const Fd file(::open(folder.write("u.csv", "# mine\nemail\n").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::lseek(file.get(), 7, SEEK_SET), 7);
  const StandardInput standard(file.get());
  const auto one = open_input("-").value();
  const auto other = open_input("-").value();
  EXPECT_EQ(one.size, 6U);
  EXPECT_EQ(read_all(one.bytes), "email\n");
  EXPECT_EQ(read_all(other.bytes), "email\n");
}

TEST(StandardInputOf, AFileThatIsEmptyIsCalledByAName) {
  const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const StandardInput standard(null.get());
  EXPECT_THAT(Reader::open("-").error().what, HasSubstr("standard input: is empty"));
}

}  // namespace
}  // namespace usher::csv
