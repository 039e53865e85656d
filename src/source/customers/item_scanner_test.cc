// SPDX-License-Identifier: Apache-2.0
#include "source/customers/item_scanner.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/bytes_in_hand.h"
#include "source/customers/random_json_test.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Scan {
  explicit Scan(const std::string& text, ItemScanner::Limits limits = {}) {
    ItemScanner scanner(csv::whole(text), "in.json", limits);
    const auto begun = scanner.begin();
    if (!begun) {
      error = begun.error().line();
      return;
    }
    shape = *begun;
    FoundItem item;
    while (shape) {
      const auto any = scanner.next(item);
      if (!any) error = any.error().line();
      if (!any || !*any) break;
      items.emplace_back(item.json);
      lines.push_back(item.line);
      EXPECT_EQ(text.compare(item.offset, item.json.size(), item.json), 0);
    }
  }
  std::optional<Shape> shape;
  std::vector<std::string> items;
  std::vector<std::uint64_t> lines;
  std::string error;
};

TEST(ItemScanner, FindsTheItemsOfEveryShape) {
  const std::string list = "[{\"a\":1} ,\n {\"b\": {\"c\":[]}}\n]";
  const std::array<std::pair<std::string, Shape>, 8> shapes = {
      {{R"({"data":)" + list + "}", Shape::data},
       {R"({"households":)" + list + "}", Shape::households},
       {R"({"importId":"x7","customers":)" + list + "}", Shape::customers},
       {list, Shape::array},
       {" \n" + list + "\r\n\t ", Shape::array},
       {"\xEF\xBB\xBF{\"data\" : " + list + " } ", Shape::data},
       {R"({"meta":{"data":[1]},"n":1.5,"l":[1,[2],{}], "d\u0061ta":)" + list +
            R"(,"x":null,"y":[],"z":[true,{"a":[]}]})",
        Shape::data},
       {R"({"data":7,"customers":["x","y"],"households":)" + list + R"(,"data":null})",
        Shape::households}}};
  for (const auto& [text, shape] : shapes) {
    SCOPED_TRACE(text);
    const Scan scan(text);
    EXPECT_EQ(scan.error, "");
    EXPECT_EQ(scan.shape, shape);
    EXPECT_THAT(scan.items, ElementsAre(R"({"a":1})", R"({"b": {"c":[]}})"));
    ASSERT_EQ(scan.lines.size(), 2U);
    EXPECT_EQ(scan.lines[1], scan.lines[0] + 1);
  }
}

TEST(ItemScanner, TakesEmptyLists) {
  for (const char* text : {R"({"data":[]})", "[ ]", R"({"households":[ ],"x":1})"}) {
    const Scan scan(text);
    EXPECT_EQ(scan.error, "") << text;
    EXPECT_TRUE(scan.shape.has_value()) << text;
    EXPECT_THAT(scan.items, IsEmpty()) << text;
  }
}

TEST(ItemScanner, KnowsAFileWithoutAList) {
  for (const char* text : {R"({})", R"({"total":1000,"files":[{"a":1}],"customers":1000})", "[1,2]",
                           R"(["a", {"b":1}])", R"({"data":{"data":[{}]}})"}) {
    const Scan scan(text);
    EXPECT_EQ(scan.error, "") << text;
    EXPECT_FALSE(scan.shape.has_value()) << text;
  }
}

TEST(ItemScanner, SaysWhatIsWrongAndWhere) {
  const std::array<std::pair<std::string, std::string>, 20> wrong = {
      {{"", "in.json: is empty"},
       {" \n ", "in.json: is empty"},
       {"hello", "in.json:1: is no JSON object and no list: it begins with no JSON (byte 0)"},
       {"\xFF\xFE{", "in.json: is UTF-16 text"},
       {"\x1F\x8B\x08\x01", "in.json: is compressed"},
       {"{\"data\":[\n{\"a\":1},\n{\"b\":01}]}", "in.json:3: item 2: a number begins with 0"},
       {"[{},\n7]", "in.json:2: item 2 is no JSON object, but a number (byte 5)"},
       {"[{},]", "in.json:1: item 2 is no JSON object, but no JSON (byte 4)"},
       {"[{} {}]", "in.json:1: a , or a closing ] was expected behind item 1 (byte 4)"},
       {"[{}]]", "in.json:1: there is more text behind the end (byte 4)"},
       {"{\"a\":1}\n{\"a\":2}",
        "in.json:2: there is more text behind the end (byte 8)\n  if it is"},
       {R"({"data":[{}]} x)", "more text behind the end (byte 14)"},
       {R"({"data":[{}],})", "a name in double quotes was expected (byte 13)"},
       {R"({"data":[{}] "x":1})", "a , or a closing } was expected (byte 13)"},
       {R"({"data":[{}],"x":tru})", "the value of \"x\": a value was expected"},
       {R"({"data":[{}],"x":[1,]})", "a value was expected (byte 20)"},
       {R"({"data":[{}],"households":[{}]})",
        "there is a second list, \"households\", behind \"data\" (byte 13)\n  make them two files"},
       {R"({"data":[],"data":[]})", "there is a second list, \"data\", behind \"data\""},
       {"[{\"a\":\"\xC3\x28\"}]", "item 1: a text is not UTF-8 (byte 7)"},
       {std::string("[{}\0]", 5), "a , or a closing ] was expected"}}};
  for (const auto& [text, message] : wrong) EXPECT_THAT(Scan(text).error, HasSubstr(message));
}

TEST(ItemScanner, BoundsTheSizeOfAnItemAndOfNothingElse) {
  const ItemScanner::Limits limits{.item = 100, .window = 16};
  const auto item = [](std::size_t size) {
    return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}";
  };
  EXPECT_EQ(Scan("[" + item(100) + "]", limits).error, "");
  EXPECT_THAT(Scan("[" + item(101) + "]", limits).error,
              HasSubstr("item 1 is larger than 100 bytes (byte 1)"));
  EXPECT_THAT(Scan("[" + item(101) + "]", {.item = 100}).error, HasSubstr("larger than 100"));
  EXPECT_THAT(Scan("{\"m\":" + item(200) + ",\"data\":[]}", limits).error,
              HasSubstr("the value of \"m\" is larger than 100 bytes"));
  // A list that is skipped, and white space, may be as long as they like.
  std::string list = "{\"m\":[1";
  for (int i = 0; i < 200; ++i) list += "," + std::to_string(i);
  EXPECT_EQ(Scan(list + "]," + std::string(500, ' ') + "\"data\":[{}]}", limits).error, "");
}

constexpr std::string_view kFile =
    "\xEF\xBB\xBF{ \"importId\" : \"x\\u0041\",\n \"list\":[ 1, {\"q\":[]} ],\n \"customers\" : [\n"
    "  {\"id\":\"001\",\"n\":\"\xC3\x96\\n\"} ,\n  {\"id\":2, \"m\":{\"x\":[null,true]}}\n ] ,\n"
    " \"after\":[ {\"y\":1.5e3}, -0.25 ], \"end\":\"\xE2\x82\xAC\" }\n";

TEST(ItemScanner, FindsTheSameThroughWindowsOfEverySize) {
  const std::string file(kFile);
  const Scan whole(file);
  ASSERT_EQ(whole.error, "");
  ASSERT_EQ(whole.items.size(), 2U);
  for (std::size_t window = 1; window <= file.size() + 1; ++window) {
    const Scan scan(file, {.window = window});
    EXPECT_EQ(scan.error, "") << window;
    EXPECT_EQ(scan.items, whole.items) << window;
    EXPECT_EQ(scan.lines, whole.lines) << window;
  }
}

// Items that were found before the end came are right; the end is told.
TEST(ItemScanner, RefusesEveryTruncation) {
  const std::string file(kFile);
  const Scan whole(file);
  for (std::size_t size = 0; size + 1 < file.size(); ++size) {
    for (const std::size_t window : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      const Scan scan(file.substr(0, size), {.window = window});
      EXPECT_NE(scan.error, "") << size;
      ASSERT_LE(scan.items.size(), 2U);
      EXPECT_TRUE(std::equal(scan.items.begin(), scan.items.end(), whole.items.begin()));
    }
  }
  EXPECT_EQ(Scan(file.substr(0, file.size() - 1)).error, "");  // the line end behind it
}

TEST(ItemScanner, FindsWhatBoostFinds) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::vector<std::string> items(random.below(6));
    std::string list = "[";
    for (std::string& item : items) {
      item = random_json_object(random);
      if (list.size() > 1) list += "," + random_space(random);
      list += item + random_space(random);
    }
    list += "]";
    const std::string file = random.chance(0.5)
                                 ? list
                                 : "{" + random_space(random) + R"("before":)" +
                                       random_json(random, 3) + random_space(random) +
                                       R"(,"data":)" + list + random_space(random) +
                                       R"(,"behind" :)" + random_json(random, 3) + "}";
    const auto parsed = boost::json::parse(file);
    const auto& array = parsed.is_array() ? parsed.as_array() : parsed.at("data").as_array();
    const Scan scan(file, {.window = 1 + random.below(200)});
    ASSERT_EQ(scan.error, "") << file;
    EXPECT_EQ(scan.items, items);
    ASSERT_EQ(scan.items.size(), array.size());
    for (std::size_t i = 0; i < array.size(); ++i) {
      EXPECT_EQ(boost::json::parse(scan.items[i]), array[i]);
      const auto offset = file.find(items[i]);
      EXPECT_GE(
          scan.lines[i],
          1 + std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    }
  }
}

TEST(ItemScanner, PassesOnWhyReadingFailed) {
  int calls = 0;
  ItemScanner scanner(
      [&calls](std::span<char> room) -> Result<std::size_t> {
        if (++calls > 1) return fail("in.json: cannot read: Input/output error");
        return std::string_view("[{},").copy(room.data(), room.size());
      },
      "in.json", {});
  ASSERT_TRUE(scanner.begin());
  FoundItem item;
  ASSERT_TRUE(scanner.next(item));
  const auto failed = scanner.next(item);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "in.json: cannot read: Input/output error");
}

}  // namespace
}  // namespace usher::customers
