// SPDX-License-Identifier: Apache-2.0
// The pages of docs/commands say what the program says, all of them and no others, and lead to
// pages that are there. `./dev docs` makes it so.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <system_error>

#include <gtest/gtest.h>

#include "scenarios/golden.h"

namespace usher::scenarios {
namespace {

namespace fs = std::filesystem;

const std::string kDocs = std::string(USHER_SOURCE) + "/docs";
constexpr const char* kCure = "\nWhen the program is right: ./dev docs";

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string page_of(std::vector<std::string> words) {
  Launch launch;
  launch.arguments = {"help", "--markdown"};
  launch.arguments.insert(launch.arguments.end(), words.begin(), words.end());
  Ran ran = run(launch);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return std::move(ran.out);
}

// What `(X.md)` links name.
std::set<std::string> links_of(const std::string& page) {
  static const std::regex kLink(R"(\]\(([^)#:]+\.md)[^)]*\))");
  std::set<std::string> links;
  for (std::sregex_iterator match(page.begin(), page.end(), kLink), end; match != end; ++match) {
    links.insert((*match)[1]);
  }
  return links;
}

TEST(CommandPages, SayWhatTheProgramSays) {
  const std::string list = page_of({});
  const std::string folder = kDocs + "/commands/";
  EXPECT_EQ(difference(content(folder + "README.md"), list), "") << kCure;
  std::set<std::string> wanted = links_of(list);
  EXPECT_GE(wanted.size(), 4U) << list;
  for (const std::string& name : wanted) {
    SCOPED_TRACE(name);
    const std::string page = page_of({name.substr(0, name.size() - 3)});
    EXPECT_EQ(difference(content(folder + name), page), "") << kCure;
  }
  wanted.insert("README.md");
  std::set<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    found.insert(entry->path().filename().string());
  }
  EXPECT_EQ(found, wanted) << kCure;
}

TEST(Docs, LeadOnlyToPagesThatAreThere) {
  std::size_t links = 0;
  const std::string root = USHER_SOURCE;
  for (const std::string folder : {"", "/docs", "/docs/commands", "/docs/decisions"}) {
    std::error_code error;
    for (fs::directory_iterator entry(root + folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() != ".md") continue;
      for (const std::string& link : links_of(content(entry->path().string()))) {
        ++links;
        EXPECT_TRUE(fs::exists(entry->path().parent_path() / link, error))
            << entry->path().string() << " leads to " << link;
      }
    }
    EXPECT_FALSE(error) << folder;
  }
  EXPECT_GT(links, 20U);
}

}  // namespace
}  // namespace usher::scenarios
