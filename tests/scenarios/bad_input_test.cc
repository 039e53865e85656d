// SPDX-License-Identifier: Apache-2.0
// Every unusable input: one clear line on the standard error, exit 2, and not one request.
#include <array>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(BadInput, IsTurnedDownInOneClearLineBeforeAnythingIsSent) {
  const struct {
    std::string name;
    std::string content;
    std::string says;
  } cases[] = {
      {"empty.csv", "", "is empty"},
      {"blank.csv", "\n\r\n\n", "nothing but blank lines"},
      {"no-header.csv", "ida@north.example,Ida\nola@north.example,Ola\n",
       "the header has no \"email\" column"},
      {"no-email.csv", "mail,name\nida@north.example,Ida\n", "rename \"mail\" to \"email\""},
      {"twice.csv", "email,email\na@example.com,b@example.com\n", "are both named \"email\""},
      {"semicolons.csv", "email;first_name\na@example.com;A\n", "separated by ';', not by commas"},
      {"tabs.csv", "email\tfirst_name\na@example.com\tA\n", "separated by tabs, not by commas"},
      {"utf16.csv", "\xFF\xFE"s + "e\0m\0a\0i\0l\0\n\0"s, "is UTF-16 text, not UTF-8"},
      {"nul.csv", "em\0ail,x\na@example.com,x\n"s, "NUL bytes"},
  };
  const LocalApi api;
  const ScratchFolder folder;
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    folder.write(one.name, one.content);
    Process import(import_into(api, folder.path(), {"--csv", one.name}));
    EXPECT_EQ(import.wait(), 2);
    EXPECT_THAT(import.out(), IsEmpty());
    EXPECT_THAT(import.err(), StartsWith("usher import-users: "));
    EXPECT_THAT(import.err(), HasSubstr(one.says));
    EXPECT_LE(split(import.err(), '\n').size(), 3U) << import.err();
  }
  EXPECT_EQ(api.count("requests.total"), 0);
}

TEST(BadInput, IsNamedWhenItIsNoFile) {
  const LocalApi api;
  const ScratchFolder folder;
  Process missing(import_into(api, folder.path(), {"--csv", "missing.csv"}));
  EXPECT_EQ(missing.wait(), 2);
  EXPECT_THAT(missing.err(), StartsWith("usher import-users: missing.csv: cannot open: No such"));
  Process directory(import_into(api, folder.path(), {"--csv", "."}));
  EXPECT_EQ(directory.wait(), 2);
  EXPECT_THAT(directory.err(), HasSubstr("is a folder"));
  Process mapping(import_into(api, folder.path(),
                              {"--csv", folder.write("u.csv", people(1)), "--role-mapping", "no"}));
  EXPECT_EQ(mapping.wait(), 2);
  EXPECT_THAT(mapping.err(), HasSubstr("no: cannot open"));
  EXPECT_EQ(api.count("requests.total"), 0);
}

TEST(BadInput, InOneRecordCostsOnlyThatRecord) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv",
               "email,first_name\n"
               "a@example.com,A\n"
               "ragged@example.com,B,C\n"
               "nul@example.com,x\0y\n"s
               "latin@example.com,\xE9\n"
               "\"quoted\nname\"@example.com,A\n"
               "z@example.com,Z\n");
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "e.jsonl"}));
  EXPECT_EQ(import.wait(), 1);
  EXPECT_EQ(api.count("users"), 2) << import.out();
  EXPECT_THAT(import.out(), HasSubstr("Completed with errors"));
  EXPECT_EQ(split(folder.read("e.jsonl"), '\n').size(), 5U) << folder.read("e.jsonl");
}

TEST(BadInput, OfAGigabyteInOneLineNeedsLittleMemory) {
  const LocalApi api;
  const ScratchFolder folder;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  Launch launch = import_into(api, folder.path(), {"--csv", "/dev/stdin"});
  launch.input = reader.get();
  Process import(launch);
  std::thread feed([&writer] {
    const std::string piece(1 << 20, 'x');
    const auto write_all = [&writer](std::string_view text) {
      while (!text.empty()) {
        const ssize_t written = ::write(writer.get(), text.data(), text.size());
        if (written < 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
      }
    };
    write_all("email,first_name\na@example.com,A\n");
    for (int i = 0; i < 1024; ++i) write_all(piece);
    write_all("\nz@example.com,Z\n");
    writer.reset();
  });
  EXPECT_EQ(import.wait(), 1) << import.err();
  feed.join();
  EXPECT_EQ(api.count("users"), 2);
  EXPECT_THAT(import.out(), HasSubstr("the limit is 4,194,304"));
  if (!kSanitized) {  // shadow memory is not ours to save
    EXPECT_LT(import.peak_kilobytes(), 64 * 1024);
  }
}

TEST(BadInput, OfOptionsIsOneLineAndTheWayToTheHelp) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(1));
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"--csv"},
      {"--csv", "u.csv", "--org-id", "org_1", "--org-external-id", "north"},
      {"--csv", "u.csv", "--create-org-if-missing"},
      {"--csv", "u.csv", "--concurrency", "101"},
      {"--csv", "u.csv", "--rate-limit", "0"},
      {"--csv", "u.csv", "--existing", "maybe"},
      {"--csv", "u.csv", "--chunk-size", "500"},
      {"--csv", "u.csv", "--quite"},
      {"u.csv"},
  };
  for (const auto& words : cases) {
    Process import(import_into(api, folder.path(), words));
    EXPECT_EQ(import.wait(), 2);
    EXPECT_THAT(import.err(), HasSubstr("\nAll options: usher import-users --help\n"));
    EXPECT_EQ(split(import.err(), '\n').size(), 3U) << import.err();
  }
  EXPECT_EQ(api.count("requests.total"), 0);
}

}  // namespace
}  // namespace usher::scenarios
