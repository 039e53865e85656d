// SPDX-License-Identifier: Apache-2.0
#include "source/customers/csv_items.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/scratch.h"
#include "source/bytes_in_hand.h"
#include "source/customers/inputs.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// As docs/customers-csv.md has it.
constexpr const char* kMapping = R"({
  "separator": ";",
  "empty": ["NULL"],
  "constants": {
    "changeType": "CREATE",
    "type": "PERSON",
    "person.status": "ACTIVE",
    "person.customerCards[0].type": "MAIN_CARD",
    "person.customerCards[0].scope": "GLOBAL",
    "person.customerCards[1].type": "PARTNER_CARD",
    "person.customerCards[1].scope": "GLOBAL"
  },
  "columns": {
    "MMID": ["person.customerId", "person.customerCards[0].number"],
    "FirstName": "person.firstName",
    "LastName": "person.lastName",
    "BirthDate": {"to": "person.birthday", "date": "DD.MM.YYYY"},
    "Partner": "person.customerCards[1].number",
    "Points": {"to": "loyalty.points", "as": "number"},
    "Consent": {"to": "person.marketingAllowedFlag", "as": "boolean"}
  },
  "drop": ["SSN"]
})";

constexpr const char* kPeople =
    "MMID;FirstName;LastName;BirthDate;Partner;Points;Consent;SSN\n"
    "0007001;Emma;Sjöberg;14.03.1987;0009001;12.50;yes;NULL\n"
    "0007002;Nils;Berg;01.12.1990;;0;no;\n";

constexpr const char* kEmma =
    R"({"changeType":"CREATE","type":"PERSON","person":{"status":"ACTIVE","customerCards":[)"
    R"({"type":"MAIN_CARD","scope":"GLOBAL","number":"0007001"},)"
    R"({"type":"PARTNER_CARD","scope":"GLOBAL","number":"0009001"}],"customerId":"0007001",)"
    R"("firstName":"Emma","lastName":"Sjöberg","birthday":"1987-03-14",)"
    R"("marketingAllowedFlag":true},"loyalty":{"points":12.50}})";

constexpr const char* kNils =
    R"({"changeType":"CREATE","type":"PERSON","person":{"status":"ACTIVE","customerCards":[)"
    R"({"type":"MAIN_CARD","scope":"GLOBAL","number":"0007002"}],"customerId":"0007002",)"
    R"("firstName":"Nils","lastName":"Berg","birthday":"1990-12-01",)"
    R"("marketingAllowedFlag":false},"loyalty":{"points":0}})";

struct Made {
  Made(const std::string& csv, const std::string& mapping) {
    const auto parsed = CsvMapping::parse(mapping, "map.json");
    if (!parsed) {
      error = parsed.error().line();
      return;
    }
    auto records = CsvItems::begin(csv::whole(csv), "in.csv", *parsed);
    if (!records) {
      error = records.error().line();
      return;
    }
    FoundItem found;
    while (true) {
      const auto any = records->next(found);
      if (!any) error = any.error().line();
      if (!any || !*any) break;
      items.emplace_back(found.json);
      lines.push_back(found.line);
    }
  }
  std::vector<std::string> items;
  std::vector<std::uint64_t> lines;
  std::string error;
};

TEST(CsvItems, AreMadeAsTheManualSays) {
  const Made made(kPeople, kMapping);
  EXPECT_EQ(made.error, "");
  EXPECT_THAT(made.items, ElementsAre(kEmma, kNils));
  EXPECT_THAT(made.lines, ElementsAre(2, 3));
}

TEST(CsvItems, KeepCommasAndSeparatorsInsideCells) {
  for (const char separator : {',', ';', '|', '\t'}) {
    const std::string shown = separator == '\t' ? "\\t" : std::string(1, separator);
    const std::string mapping = R"({"separator":")" + shown + R"(","columns":{"a,b":"x","c":"y"}})";
    const std::string header =
        separator == ',' ? "\"a,b\",c\n" : fmt::format("a,b{}c\n", separator);
    const Made made(header + fmt::format("\"1,2;3|4\t5 \"\"q\"\"\"{}\"z\n\"\n", separator),
                    mapping);
    EXPECT_EQ(made.error, "");
    EXPECT_THAT(made.items, ElementsAre(R"({"x":"1,2;3|4\t5 \"q\"","y":"z"})")) << separator;
  }
}

TEST(CsvItems, CleanCells) {
  const Made made("a,b\n\xC2\xA0 x\xC2\xA0y \xC2\xA0,  \xC2\xA0 \n",
                  R"({"columns":{"a":"a","b":"b"}})");
  EXPECT_THAT(made.items, ElementsAre(R"({"a":"x y"})"));
  const Made marked(
      "\xEF\xBB\xBF\xC2\xA0"
      "a ,b\n1,NULL\n",
      R"({"columns":{"a":"a","b":"b"},"empty":["NULL"]})");
  EXPECT_EQ(marked.error, "");
  EXPECT_THAT(marked.items, ElementsAre(R"({"a":"1"})"));
}

// The check reports them: nobody is passed over.
TEST(CsvItems, OfEmptyRecordsAreItemsToo) {
  const Made made("a,b\n,\n1,2\n", R"({"columns":{"a":"p.a","b":"p.b[0]"}})");
  EXPECT_THAT(made.items, ElementsAre("{}", R"({"p":{"a":"1","b":["2"]}})"));
}

TEST(CsvItems, EveryColumnIsMappedOrDropped) {
  EXPECT_THAT(
      Made("a,b c\n1,2\n", R"({"columns":{"a":"a"}})").error,
      HasSubstr("in.csv: the column \"b c\" is neither mapped nor dropped\n  put it under"));
  EXPECT_THAT(
      Made("a,b\n1,2\n", R"({"columns":{"a":"a","c":"c"},"drop":["b"]})").error,
      HasSubstr("in.csv: has no column \"c\", which the mapping names\n  its columns are: a, b"));
  EXPECT_EQ(Made("a,b\n1,2\n", R"({"columns":{"a":"a"},"drop":["b","gone"]})").error, "");
}

TEST(CsvItems, WhatCannotBeMadeRefusesTheFileAndNamesTheLines) {
  const std::string mapping =
      R"({"columns":{"d":{"to":"d","date":"YYYY-MM-DD"},"n":{"to":"n","as":"number"},)"
      R"("t":{"to":"t","as":"boolean"}}})";
  EXPECT_EQ(Made("d,n,t\n2000-01-02,1e3,TRUE\n,,\n", mapping).error, "");
  EXPECT_THAT(
      Made("d,n,t\n1.2.2000,1,1\n", mapping).error,
      HasSubstr("in.csv:2: the column \"d\" has to be YYYY-MM-DD\n  nothing has been sent"));
  for (const char* number : {"01", "1.", "\"1,5\"", "1 000", "0x1", "+1", "true", "1e"}) {
    EXPECT_THAT(Made(fmt::format("d,n,t\n,{},\n", number), mapping).error,
                HasSubstr("in.csv:2: the column \"n\" has to be a number"))
        << number;
  }
  EXPECT_THAT(Made("d,n,t\n,,maybe\n", mapping).error, HasSubstr("has to be true or false"));
  EXPECT_THAT(Made("d,n,t\n,,\n,\n,x,maybe\n", mapping).error,
              HasSubstr("in.csv:3: the record has 2 cells, the header has 3"));
  std::string many = "d,n,t\n";
  for (int i = 0; i < 40; ++i) many += ",x,x\n";
  EXPECT_THAT(Made(many, mapping).error,
              HasSubstr("; 39 more records cannot be read, in lines 3, 4, 5, 6, 7, 8, 9, 10, 11, "
                        "12, ..."));
}

TEST(CsvMapping, SaysWhatIsWrongWithIt) {
  const auto error = [](const std::string& mapping) { return Made("a\n1\n", mapping).error; };
  EXPECT_THAT(error("[]"), HasSubstr("map.json: is no JSON object\n  docs/customers-csv.md"));
  EXPECT_THAT(error("{"), HasSubstr("is no JSON object"));
  EXPECT_THAT(error("{}"), HasSubstr("maps no column"));
  EXPECT_THAT(error(R"({"colums":{}})"), HasSubstr("\"colums\" is none of separator, constants"));
  EXPECT_THAT(error(R"({"separator":":"})"), HasSubstr("the separator is one of"));
  EXPECT_THAT(error(R"({"drop":"a"})"), HasSubstr("\"drop\" has to be a list of texts"));
  EXPECT_THAT(error(R"({"constants":[]})"), HasSubstr("\"constants\" has to be an object"));
  for (const char* path : {"", ".", "a.", "a..b", "[0]", "a[x]", "a[0", "a[-1]", "a[100]", "a]",
                           "a.b.c.d.e.f.g.h.i"}) {
    EXPECT_THAT(error(fmt::format(R"({{"columns":{{"a":"{}"}}}})", path)), HasSubstr("is no path"))
        << path;
  }
  EXPECT_THAT(error(R"({"columns":{"a":7}})"), HasSubstr("column \"a\" has to say where it goes"));
  EXPECT_THAT(error(R"({"columns":{"a":{"as":"number"}}})"), HasSubstr("has to say where it goes"));
  EXPECT_THAT(error(R"({"columns":{"a":{"to":"x","as":"int"}}})"), HasSubstr("\"as\" is not"));
  EXPECT_THAT(error(R"({"columns":{"a":{"to":"x","date":"D.M.Y"}}})"),
              HasSubstr("\"date\" is not"));
  EXPECT_THAT(error(R"({"columns":{"a":["x","x"]}})"), HasSubstr("\"x\" is filled twice"));
  EXPECT_THAT(error(R"({"columns":{"a":["x","x.y"]}})"),
              HasSubstr("goes through something that is"));
  EXPECT_THAT(error(R"({"columns":{"a":["x.y","x"]}})"), HasSubstr("\"x\" is filled twice"));
  EXPECT_THAT(error(R"({"columns":{"a":["x[0]","x.y"]}})"), HasSubstr("goes through something"));
  EXPECT_THAT(error(R"({"columns":{"a":["x[1]"]}})"), HasSubstr("elements are named in order"));
}

TEST(CsvMapping, ReadsDatesByTheirPattern) {
  for (const auto* pattern : {"DD.MM.YYYY", "YYYYMMDD", "MM/DD/YYYY", "YYYY-MM-DD"}) {
    EXPECT_TRUE(is_date_pattern(pattern)) << pattern;
  }
  for (const auto* pattern : {"", "DD.MM.YY", "DD.MM", "YYYY-MM-DD 00", "DD.MM.YYYY.YYYY", "D"}) {
    EXPECT_FALSE(is_date_pattern(pattern)) << pattern;
  }
  std::string date;
  EXPECT_TRUE(read_date("31.01.1999", "DD.MM.YYYY", date));
  EXPECT_EQ(date, "1999-01-31");
  EXPECT_TRUE(read_date("19990131", "YYYYMMDD", date));
  EXPECT_EQ(date, "1999-01-31");
  for (const auto* text : {"1.1.1999", "31-01-1999", "31.01.199x", "31.01.1999 "}) {
    EXPECT_FALSE(read_date(text, "DD.MM.YYYY", date)) << text;
  }
}

TEST(CsvItems, AreInputsLikeAnyOther) {
  const ScratchFolder folder;
  const std::string map = folder.write("map.json.txt", kMapping);
  folder.write("people.CSV", kPeople);
  folder.write("more.json", R"([{"a":1}])");
  auto inputs = Inputs::open({.paths = {folder.path()}, .batch_size = 2, .csv_mapping = map});
  ASSERT_TRUE(inputs) << inputs.error().line();
  ASSERT_TRUE(inputs->survey({}));
  EXPECT_EQ(inputs->items(), 3U);
  ASSERT_EQ(inputs->files().size(), 2U);
  EXPECT_EQ(inputs->files()[1].shape, Shape::csv);
  Sha256 sha;
  sha.add(kPeople);
  EXPECT_EQ(inputs->files()[1].sha256, sha.hex());
  ASSERT_TRUE(inputs->survey({}));  // once more: the same
  std::string bytes;
  const auto items = inputs->read(inputs->batch(2), bytes);
  ASSERT_TRUE(items) << items.error().line();
  ASSERT_EQ(items->size(), 2U);
  EXPECT_EQ((*items)[0].json, kEmma);
  EXPECT_EQ((*items)[1].json, kNils);
  EXPECT_EQ((*items)[1].line, 3U);
}

TEST(CsvItems, NeedAMapping) {
  const ScratchFolder folder;
  const std::string people = folder.write("people.csv", kPeople);
  const auto none = Inputs::open({.paths = {people}});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().line(),
              HasSubstr("people.csv: is a CSV, and no mapping of its columns"));
  const auto missing = Inputs::open({.paths = {people}, .csv_mapping = folder.at("none.json")});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().line(), HasSubstr("none.json: cannot open"));
}

}  // namespace
}  // namespace usher::customers
