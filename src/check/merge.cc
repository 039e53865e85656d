// SPDX-License-Identifier: Apache-2.0
#include "check/merge.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "source/cells.h"
#include "source/json_text.h"
#include "source/metadata.h"
#include "source/user_mapping.h"

namespace usher::check {
namespace {

constexpr std::size_t kMostShown = 200;
constexpr std::string_view kFirst = "first-non-empty";
constexpr std::string_view kAnyTrue = "true-if-any";
constexpr std::string_view kOccurrence = "first-occurrence";
constexpr std::string_view kUnited = "united";

struct Member {
  std::string name;
  std::string_view value;  // as written
};

// Of an object; nothing when it is none. Of a name that comes twice, the last.
std::optional<std::vector<Member>> members(std::string_view cell) {
  Metadata pairs;
  if (parse_metadata(cell, pairs)) return std::nullopt;
  JsonText json(cell);
  if (!json.read('{')) return std::nullopt;
  std::vector<Member> found;
  std::string name;
  std::string value;
  bool is_null = false;
  while (json.peek() == '"' && json.read_string(name) && json.read(':')) {
    (void)json.peek();  // behind white space
    const std::size_t begin = json.position();
    if (!json.read_value(value, is_null)) return std::nullopt;
    std::erase_if(found, [&](const Member& member) { return member.name == name; });
    found.push_back({name, cell.substr(begin, json.position() - begin)});
    if (json.peek() != ',') break;
    (void)json.read(',');
  }
  return found;
}

std::string role_list(const std::vector<std::string>& roles) {
  const bool plain = std::ranges::none_of(
      roles, [](const std::string& slug) { return slug.find_first_of(",[\"") != slug.npos; });
  std::string text;
  for (const std::string& slug : roles) {
    if (!text.empty()) text += ',';
    if (plain) {
      text += slug;
    } else {
      append_json_string(text, slug);
    }
  }
  return plain ? text : "[" + text + "]";
}

}  // namespace

UnitedMetadata unite_metadata(std::string_view mine, std::string_view other) {
  UnitedMetadata united;
  const auto have = members(mine);
  const auto offered = members(other);
  if (!have || !offered) return united;
  std::map<std::string_view, std::string_view> known;
  for (const Member& member : *have) known[member.name] = member.value;
  std::string more;
  for (const Member& member : *offered) {
    const auto found = known.find(member.name);
    if (found == known.end()) {
      more += more.empty() && have->empty() ? "" : ",";
      append_json_string(more, member.name);
      more += ':';
      more += member.value;
      united.added.push_back(member.name);
    } else if (found->second != member.value) {
      united.differing.push_back(
          {member.name, std::string(found->second), std::string(member.value)});
    }
  }
  united.text = mine.substr(0, mine.rfind('}'));
  united.text += more + '}';
  return united;
}

void Merge::note(const std::string& field, std::string_view mine, std::string_view other,
                 std::string_view chosen, std::string_view strategy) {
  auto found = std::ranges::find(conflicts_, field, &Conflict::field);
  if (found == conflicts_.end()) {
    if (conflicts_.size() == kMostConflicts) return;
    conflicts_.push_back({field, {printable(mine, kMostShown)}, "", strategy});
    found = conflicts_.end() - 1;
  }
  found->chosen = printable(chosen, kMostShown);
  std::string value = printable(other, kMostShown);
  const bool told = std::ranges::find(found->values, value) != found->values.end();
  if (!told && found->values.size() < kMostValues) found->values.push_back(std::move(value));
}

void Merge::note_secret(const std::string& field) {
  if (std::ranges::find(conflicts_, field, &Conflict::field) != conflicts_.end()) return;
  conflicts_.push_back({field, {}, std::string(Secret::kMask), kFirst});
}

void Merge::fill(std::size_t at, const Cells& later, const std::string& name) {
  const std::string_view mine = clean_cell(cells_[at]);
  const std::string_view other = clean_cell(later[at]);
  if (other.empty() || mine == other) return;
  if (mine.empty()) {
    cells_[at] = later[at];
  } else if (UserMapping::is_secret(name)) {
    note_secret(name);
  } else {
    note(name, mine, other, mine, kFirst);
  }
}

void Merge::fill_verified(std::size_t at, const Cells& later) {
  const auto mine = read_truth(clean_cell(cells_[at]));
  const auto other = read_truth(clean_cell(later[at]));
  if (mine && other && *mine != *other) {
    note("email_verified", cells_[at], later[at], "true", kAnyTrue);
  }
  if (other && (!mine || *other)) {
    if (mine != other) cells_[at] = later[at];
  } else if (clean_cell(cells_[at]).empty()) {
    cells_[at] = later[at];
  }
}

// A hash goes nowhere without its type, and none of them beside a password of another row.
void Merge::fill_secrets(const Cells& later, const Layout& layout) {
  const auto cell = [&](Cells& cells, Column column) -> std::string* {
    return layout.has(column) ? &cells[static_cast<std::size_t>(layout.at[column])] : nullptr;
  };
  Cells copy = later;
  const auto lone_hash = [&] {
    const std::string* const hash = cell(copy, Column::password_hash);
    const std::string* const its_type = cell(copy, Column::password_hash_type);
    return hash != nullptr && !clean_cell(*hash).empty() &&
           (its_type == nullptr || clean_cell(*its_type).empty());
  };
  const auto is_empty = [](const std::string* text) {
    return text == nullptr || clean_cell(*text).empty();
  };
  bool mine = false;
  bool other = false;
  bool same = true;
  for (const Column column : {Column::password, Column::password_hash}) {
    const std::string* const here = cell(cells_, column);
    const std::string* const there = cell(copy, column);
    mine = mine || !is_empty(here);
    other = other || !is_empty(there);
    if (here != nullptr && clean_cell(*here) != clean_cell(*there)) same = false;
  }
  if (!other) return;
  if (!mine && lone_hash()) return;  // it would only spoil a good row
  std::string* const type = cell(cells_, Column::password_hash_type);
  if (!mine) {
    for (const Column column :
         {Column::password, Column::password_hash, Column::password_hash_type}) {
      if (std::string* const here = cell(cells_, column)) *here = *cell(copy, column);
    }
  } else if (!same) {
    note_secret("password");
  } else if (type != nullptr && is_empty(type)) {
    *type = *cell(copy, Column::password_hash_type);
  }
}

void Merge::unite_roles(std::size_t at, const Cells& later) {
  std::vector<std::string> roles;
  std::vector<std::string> more;
  if (!read_roles(clean_cell(cells_[at]), roles) || !read_roles(clean_cell(later[at]), more)) {
    fill(at, later, "role_slugs");
    return;
  }
  const std::size_t before = roles.size();
  for (const std::string& slug : more) add_role(roles, slug);
  if (roles.size() == before) return;
  if (before == 0) {
    cells_[at] = later[at];
    return;
  }
  const std::string text = role_list(roles);
  note("role_slugs", cells_[at], later[at], text, kUnited);
  cells_[at] = text;
}

void Merge::unite_metadata(std::size_t at, const Cells& later) {
  const std::string_view mine = clean_cell(cells_[at]);
  const std::string_view other = clean_cell(later[at]);
  if (mine.empty() || other.empty() || mine == other) {
    fill(at, later, "metadata");
    return;
  }
  UnitedMetadata united = check::unite_metadata(mine, other);
  if (united.text.empty()) {
    fill(at, later, "metadata");
    return;
  }
  for (const auto& difference : united.differing) {
    note("metadata." + printable(difference.name, 60), difference.mine, difference.other,
         difference.mine, kOccurrence);
  }
  if (united.added.empty()) return;
  for (std::string& name : united.added) {
    if (merged_names_.size() < kMostConflicts) merged_names_.push_back(printable(name, 60));
  }
  cells_[at] = std::move(united.text);
}

void Merge::add(std::uint64_t number, const Cells& later, const Header& header) {
  ++count_;
  if (numbers_.size() < kMostNumbers) numbers_.push_back(number);
  for (std::size_t at = 0; at < cells_.size(); ++at) {
    const auto column = known_column(header.names[at]);
    if (!column) {
      fill(at, later, printable(header.names[at], 60));
      continue;
    }
    switch (*column) {
      case Column::email:
      case Column::password:
      case Column::password_hash:
      case Column::password_hash_type:
        break;
      case Column::email_verified:
        fill_verified(at, later);
        break;
      case Column::role_slugs:
        unite_roles(at, later);
        break;
      case Column::metadata:
        unite_metadata(at, later);
        break;
      default:
        fill(at, later, header.names[at]);
    }
  }
  fill_secrets(later, header.layout);
}

}  // namespace usher::check
