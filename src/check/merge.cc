// SPDX-License-Identifier: Apache-2.0
#include "check/merge.h"

#include <algorithm>
#include <numeric>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "source/cells.h"
#include "source/json_text.h"
#include "source/metadata.h"
#include "source/user_mapping.h"
#include "target/workos/checks.h"

namespace usher::check {
namespace {

constexpr std::size_t kMostShown = 200;
constexpr std::string_view kFirst = "first-non-empty";
constexpr std::string_view kAnyTrue = "true-if-any";
constexpr std::string_view kOccurrence = "first-occurrence";
constexpr std::string_view kUnited = "united";

// Those of a JSON object that are sent; false when it is none. Of a name that comes twice, the
// last.
bool read_members(std::string_view cell, std::vector<Merge::Member>& found) {
  if (cell.empty()) return true;
  Metadata pairs;
  if (parse_metadata(cell, pairs)) return false;
  if (pairs.empty()) return true;  // null is one of them
  JsonText json(cell);
  if (!json.read('{')) return false;
  std::string name;
  std::string value;
  while (json.peek() == '"' && json.read_string(name) && json.read(':')) {
    (void)json.peek();  // behind white space
    const std::size_t begin = json.position();
    bool is_null = false;
    if (!json.read_value(value, is_null)) return false;
    std::erase_if(found, [&](const Merge::Member& member) { return member.name == name; });
    if (!is_null) {
      found.push_back({name, std::string(cell.substr(begin, json.position() - begin))});
    }
    if (json.peek() != ',') break;
    (void)json.read(',');
  }
  return true;
}

std::string object_of(const std::vector<Merge::Member>& members) {
  std::string text = "{";
  for (const Merge::Member& member : members) {
    if (text.size() > 1) text += ',';
    append_json_string(text, member.name);
    text += ':';
    text += member.value;
  }
  return text + '}';
}

std::size_t bytes_of(const Merge::Cells& cells) {
  return std::accumulate(
      cells.begin(), cells.end(), std::size_t{0},
      [](std::size_t sum, const std::string& cell) { return sum + cell.size(); });
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

// A hash goes with its type, and none of them beside a password of another row.
void Merge::fill_secrets(const Cells& later, const Layout& layout) {
  const auto cell = [&](Cells& cells, Column column) -> std::string* {
    return layout.has(column) ? &cells[static_cast<std::size_t>(layout.at[column])] : nullptr;
  };
  Cells copy = later;
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
  if (!mine) {
    for (const Column column :
         {Column::password, Column::password_hash, Column::password_hash_type}) {
      if (std::string* const here = cell(cells_, column)) *here = *cell(copy, column);
    }
  } else if (!same) {
    note_secret("password");
  }
}

bool Merge::read(const Cells& cells, const Layout& layout, United& values) {
  const auto cell = [&](Column column) {
    return layout.has(column) ? clean_cell(cells[static_cast<std::size_t>(layout.at[column])])
                              : std::string_view();
  };
  return read_roles(cell(Column::role_slugs), values.roles) &&
         read_members(cell(Column::metadata), values.metadata);
}

bool Merge::fits(const Cells& later, const United& more) const {
  const auto is_new_role = [&](const std::string& slug) {
    return std::ranges::find(united_.roles, slug) == united_.roles.end();
  };
  const auto is_new_name = [&](const Member& member) {
    return std::ranges::find(united_.metadata, member.name, &Member::name) ==
           united_.metadata.end();
  };
  const auto roles = std::ranges::count_if(more.roles, is_new_role);
  const auto names = std::ranges::count_if(more.metadata, is_new_name);
  const auto too_many = [](std::size_t have, std::ptrdiff_t added, std::size_t most) {
    return added > 0 && have + static_cast<std::size_t>(added) > most;
  };
  if (too_many(united_.roles.size(), roles, kMostRoles)) return false;
  if (too_many(united_.metadata.size(), names, workos::kMaxMetadataPairs)) return false;
  return bytes_of(cells_) + bytes_of(later) <= kMostBytes;
}

void Merge::unite_roles(std::size_t at, const Cells& later, const std::vector<std::string>& more) {
  const std::size_t before = united_.roles.size();
  for (const std::string& slug : more) add_role(united_.roles, slug);
  if (united_.roles.size() == before) return;
  if (before == 0) {
    cells_[at] = later[at];
    return;
  }
  const std::string text = role_list(united_.roles);
  note("role_slugs", cells_[at], later[at], text, kUnited);
  cells_[at] = text;
}

void Merge::unite_metadata(std::size_t at, const Cells& later, const std::vector<Member>& more) {
  if (united_.metadata.empty()) {
    if (!more.empty() || clean_cell(cells_[at]).empty()) cells_[at] = later[at];
    united_.metadata = more;
    return;
  }
  bool added = false;
  for (const Member& member : more) {
    const auto found = std::ranges::find(united_.metadata, member.name, &Member::name);
    const std::string name = printable(member.name, 60);
    if (found == united_.metadata.end()) {
      united_.metadata.push_back(member);
      if (merged_names_.size() < kMostConflicts) merged_names_.push_back(name);
      added = true;
    } else if (found->value != member.value) {
      note("metadata." + name, found->value, member.value, found->value, kOccurrence);
    }
  }
  if (added) cells_[at] = object_of(united_.metadata);
}

bool Merge::add(std::uint64_t number, const Cells& later, const Header& header) {
  if (count_ == 1) {
    united_ = {};
    if (!read(base_, header.layout, united_)) return false;
  }
  United more;
  if (!read(later, header.layout, more) || !fits(later, more)) return false;
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
        unite_roles(at, later, more.roles);
        break;
      case Column::metadata:
        unite_metadata(at, later, more.metadata);
        break;
      default:
        fill(at, later, header.names[at]);
    }
  }
  fill_secrets(later, header.layout);
  return true;
}

}  // namespace usher::check
