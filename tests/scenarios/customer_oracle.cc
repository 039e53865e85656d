// SPDX-License-Identifier: Apache-2.0
#include "scenarios/customer_oracle.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "sandbox/customers/items.h"
#include "source/customers/inputs.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using sandbox::customers::ItemType;

constexpr std::size_t kMostFile = std::size_t{64} << 20;
constexpr int kShown = 10;

std::string text_of(const std::string& path) {
  const auto text = read_file(path, kMostFile);
  if (!text) ADD_FAILURE() << text.error().line();
  return text.value_or("");
}

std::string customer_text(const std::string& id, std::uint64_t number) {
  constexpr std::array kNames = {"EMMA",
                                 "SJ\xC3\x96"
                                 "BERG",
                                 "Sj\\u00d6berg", "O'Hara \\\"O\\\"", "ANNA MARIA"};
  const std::string name = kNames[number % kNames.size()];
  switch (number % 4) {
    case 0:
      return fmt::format(
          R"({{"changeType":"CREATE","type":"PERSON","person":{{"customerId":"{}","status":)"
          R"("UNACTIVATED","firstName":"{}","lastName":"TEST","birthday":"1990-01-0{}"}}}})",
          id, name, 1 + number % 9);
    case 1:
      return fmt::format(
          "{{ \"type\" : \"PERSON\",\n   \"person\" : {{ \"lastName\": \"{}\",\t\"firstName\": "
          "\"A\", \"customerId\": \"{}\", \"zzz\": [1.50, {{\"]\": null}}] }},\n"
          "   \"changeType\" : \"CREATE\" }}",
          name, id);
    case 2:
      return fmt::format(
          R"({{"changeType":"CREATE","type":"PERSON","person":{{"customerId":"{0}","firstName":)"
          R"("{1}","lastName":"B","customerCards":[{{"number":"00{0}","type":"MAIN_CARD",)"
          R"("scope":"GLOBAL"}}],"username":"u{0}@example.com"}},"extra":1e3}})",
          id, name);
    default:
      return fmt::format(
          R"({{"person":{{"customerId":"{0}","firstName":"C","lastName":"{1}","emails":[{{"email":)"
          R"("c{0}@example.com","contactPurposeTypeCode":"DEFAULT","contactMethodTypeCode":)"
          R"("HOMEEMAIL"}}]}},"type":"PERSON","changeType":"CREATE"}})",
          id, name);
  }
}

void keep_items(const std::string& folder, const std::string& file,
                const customers::RetryOrigin* origin, RetryFiles& into) {
  const std::string body = text_of(folder + "/" + file);
  auto items = sandbox::customers::read_items(body, ItemType::customers);
  if (!items) items = sandbox::customers::read_items(body, ItemType::households);
  ASSERT_TRUE(items.has_value()) << file << " cannot be posted as it is: " << body.substr(0, 200);
  ASSERT_FALSE(items->empty()) << file;
  const customers::RetryOrigin::File* known = nullptr;
  if (origin != nullptr) {
    for (const auto& each : origin->files) {
      if (each.name == file) known = &each;
    }
    ASSERT_NE(known, nullptr) << file << " is not in retry_file_details";
    EXPECT_EQ(known->items, items->size()) << file;
  }
  std::uint64_t number = 0;
  for (const auto& item : *items) {
    ++number;
    const bool maybe =
        known != nullptr && std::ranges::any_of(known->maybe, [&](const auto& range) {
          return range.first <= number && number <= range.second;
        });
    into.items.emplace(item.id, RetryFiles::Kept{std::string(item.text), file, maybe});
  }
}

// What is wrong with one item; empty: nothing.
std::string trouble_of(const CustomerItem& item, const Held* held, const RetryFiles& retry) {
  const auto [begin, end] = retry.items.equal_range(item.id);
  const auto kept = std::distance(begin, end);
  const bool there = held != nullptr && held->there;
  if (kept > 1) return "is in the retry files twice";
  if (!there && kept == 0) return "is lost";
  if (there && held->created > 1) return "was created twice";
  if (there && held->text != item.text) return "is in the sandbox with other bytes: " + held->text;
  if (kept == 1 && begin->second.text != item.text) {
    return "is in " + begin->second.file + " with other bytes: " + begin->second.text;
  }
  if (there && kept == 1 && !begin->second.maybe) {
    return "is in the sandbox and in " + begin->second.file + ", which does not say so";
  }
  return "";
}

}  // namespace

CustomerItems some_customers(std::size_t count, std::uint64_t first) {
  CustomerItems items;
  items.reserve(count);
  for (std::uint64_t number = first; number < first + count; ++number) {
    const std::string id = fmt::format("{}{:011}", number % 6 == 0 ? "00" : "", number);
    items.push_back({id, customer_text(id, number)});
  }
  return items;
}

CustomerItems some_households(std::size_t count, std::uint64_t first) {
  CustomerItems items;
  for (std::uint64_t number = first; number < first + count; ++number) {
    const std::string id = fmt::format("{:07}", number);
    items.push_back({id, fmt::format(R"({{"changeType":"CREATE","householdId":"{0}", "name":)"
                                     R"("TEST {0}","memberIds":["{0}"],"primaryMemberId":"{0}"}})",
                                     id)});
  }
  return items;
}

std::string file_of(const CustomerItems& items, const std::string& list) {
  std::string text = "{\"" + list + "\" : [";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i % 3 == 0 ? " ,\n" : ",";
    if (i % 5 == 0) text += "\n  ";
    text += items[i].text;
  }
  return text + "\n]}\n";
}

CustomerItems part_of(const CustomerItems& items, std::size_t begin, std::size_t end) {
  return {items.begin() + static_cast<std::ptrdiff_t>(begin),
          items.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::map<std::string, Held> held_customers(const LocalApi& api) {
  std::map<std::string, Held> held;
  const std::string dump = api.get("/_sandbox/dump");
  for (const auto line : split(dump, '\n')) {
    if (line.empty()) continue;
    const json::object entry = json::parse(line).as_object();
    Held& one = held[std::string(entry.at("id").as_string())];
    one.text = entry.at("text").as_string();
    one.there = entry.at("there").as_bool();
    one.received = entry.at("received").to_number<std::int64_t>();
    one.created = entry.at("created").to_number<std::int64_t>();
  }
  return held;
}

std::vector<std::string> retry_folders(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename().string().starts_with("retry_batches_")) {
      found.push_back(entry->path().string());
    }
  }
  std::ranges::sort(found);
  return found;
}

RetryFiles read_retry_files(const std::string& folder) {
  RetryFiles retry;
  retry.path = folder;
  retry.name = fs::path(folder).filename().string();
  const auto origin = customers::read_retry_folder(folder).value_or(std::nullopt);
  EXPECT_TRUE(origin.has_value()) << folder << " has no summary that can be read";
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name == "retry_summary.json") {
      retry.summary = text_of(entry->path().string());
    } else if (name == "RETRY_INSTRUCTIONS.md") {
      retry.instructions = text_of(entry->path().string());
    } else {
      EXPECT_TRUE(name.starts_with("retry_batch_") && name.ends_with("_failed.json")) << name;
      retry.files.push_back(name);
    }
  }
  std::ranges::sort(retry.files);
  const customers::RetryOrigin* told = origin.has_value() ? &*origin : nullptr;
  for (const std::string& file : retry.files) keep_items(folder, file, told, retry);
  return retry;
}

RetryFiles the_retry_files(const std::string& folder) {
  const auto found = retry_folders(folder);
  EXPECT_EQ(found.size(), 1U) << "folders of retry files";
  return found.empty() ? RetryFiles{} : read_retry_files(found.back());
}

void expect_everybody_once(const LocalApi& api, const CustomerItems& input,
                           const RetryFiles& retry) {
  const auto held = held_customers(api);
  std::set<std::string> ids;
  int troubles = 0;
  const auto tell = [&](const std::string& id, const std::string& trouble) {
    if (!trouble.empty() && ++troubles <= kShown) ADD_FAILURE() << id << " " << trouble;
  };
  for (const CustomerItem& item : input) {
    ids.insert(item.id);
    const auto found = held.find(item.id);
    tell(item.id, trouble_of(item, found == held.end() ? nullptr : &found->second, retry));
  }
  for (const auto& [id, one] : held) {
    if (one.there && !ids.contains(id)) tell(id, "is in the sandbox and not in the input");
  }
  for (const auto& [id, kept] : retry.items) {
    if (!ids.contains(id)) tell(id, "is in " + kept.file + " and not in the input");
  }
  EXPECT_EQ(troubles, 0) << "customers that are not where they should be";
}

CustomerItems kept_in(const RetryFiles& retry, const CustomerItems& input) {
  CustomerItems kept;
  for (const CustomerItem& item : input) {
    if (retry.items.contains(item.id)) kept.push_back(item);
  }
  return kept;
}

}  // namespace usher::scenarios
