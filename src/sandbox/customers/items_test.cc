// SPDX-License-Identifier: Apache-2.0
// The bytes of items: whatever the JSON, each is found exactly as it stands.
#include "sandbox/customers/items.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::sandbox::customers {
namespace {

std::vector<std::string> texts_of(const std::string& body, ItemType type = ItemType::customers) {
  const auto items = read_items(body, type);
  if (!items) return {fmt::format("refused with {}", items.error().status)};
  std::vector<std::string> texts;
  texts.reserve(items->size());
  for (const ImportItem& item : *items) texts.emplace_back(item.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(CustomerItems, AreTheBytesBetweenTheirCommas) {
  EXPECT_EQ(texts_of(R"({"data":[]})"), Texts{});
  EXPECT_EQ(texts_of(" { \"data\" :\n[ {} ,\t{ } ]\r\n} "), (Texts{"{}", "{ }"}));
  EXPECT_EQ(texts_of(R"({"data":[1,"a,]\"}",null,[[],{}],true,-1.5e3]})"),
            (Texts{"1", R"("a,]\"}")", "null", "[[],{}]", "true", "-1.5e3"}));
  EXPECT_EQ(texts_of(R"({"a":{"data":[1]},"b":[{"data":[2]}],"c":"\"data\":[3]","data":[4]})"),
            Texts{"4"});
  EXPECT_EQ(texts_of(R"({"households":[5],"data":[6]})", ItemType::households), Texts{"5"});
  EXPECT_EQ(texts_of(R"({"data":["\\"],"z":"\\\""})"), Texts{R"("\\")"});
}

TEST(CustomerItems, KnowWhatNamesACustomer) {
  const auto items = read_items(
      R"({"data":[{"type":"PERSON","person":{"customerId":12,"username":"u","emails":[)"
      R"({"email":"no@example.com","contactPurposeTypeCode":"INVOICE",)"
      R"("contactMethodTypeCode":"HOMEEMAIL"},{"email":"yes@example.com",)"
      R"("contactPurposeTypeCode":"DEFAULT","contactMethodTypeCode":"HOMEEMAIL"}]}},)"
      R"({"changeType":"DELETE","type":"ORGANIZATION","organization":{"customerId":"007"}}]})",
      ItemType::customers);
  ASSERT_TRUE(items.has_value());
  EXPECT_EQ(items->at(0).id, "12");
  EXPECT_EQ(items->at(0).username, "u");
  EXPECT_EQ(items->at(0).email, "yes@example.com");
  EXPECT_EQ(items->at(0).violation, "changeType is missing");
  EXPECT_EQ(items->at(1).id, "007");
  EXPECT_EQ(items->at(1).violation, "");
}

// Any value, written with any space between its marks.
class Scribe {
 public:
  explicit Scribe(std::uint64_t seed) : random_(seed) {}

  std::string value(int depth) {
    const auto kind = random_.below(depth > 0 ? 6 : 4);
    if (kind == 0) return std::to_string(random_.below(1000));
    if (kind == 1) return random_.chance(0.5) ? "null" : "false";
    if (kind <= 3) return string();
    const bool object = kind == 4;
    std::string text(1, object ? '{' : '[');
    for (auto left = random_.below(4); left > 0; --left) {
      text += space() + (object ? string() + space() + ":" : "") + space() + value(depth - 1) +
              space() + (left > 1 ? "," : "");
    }
    return text + space() + (object ? '}' : ']');
  }
  std::string space() { return std::string(random_.below(3), " \t\r\n"[random_.below(4)]); }

 private:
  std::string string() {
    static constexpr const char* kPieces[] = {"\\\"", "\\\\", "{", "}", "[",        "]",
                                              ",",    ":",    "x", " ", "\xC3\x96", "\\u005b"};
    std::string text = "\"";
    for (auto left = random_.below(6); left > 0; --left) text += kPieces[random_.below(12)];
    return text + "\"";
  }
  Random random_;
};

TEST(CustomerItems, AreFoundInAnyJson) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Scribe scribe(seed);
    Texts wanted;
    std::string list;
    for (std::uint64_t i = 0; i < seed % 5; ++i) {
      wanted.push_back(scribe.value(4));
      list += (i > 0 ? "," : "") + scribe.space() + wanted.back() + scribe.space();
    }
    const std::string body = fmt::format("{}{{\"before\":{},\"data\"{}:{}[{}],\"after\":{}}}{}",
                                         scribe.space(), scribe.value(3), scribe.space(),
                                         scribe.space(), list, scribe.value(3), scribe.space());
    ASSERT_EQ(texts_of(body), wanted) << body;
  }
}

TEST(CustomerItems, AreRefusedWholeWhereverTheBodyEnds) {
  const std::string body = R"({"x":["\"",1],"data":[{"a":"}"},{"b":[null,true]}]})";
  for (std::size_t size = 0; size < body.size(); ++size) {
    ASSERT_EQ(texts_of(body.substr(0, size)), Texts{"refused with 400"}) << size;
  }
}

}  // namespace
}  // namespace usher::sandbox::customers
