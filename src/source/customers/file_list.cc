// SPDX-License-Identifier: Apache-2.0
#include "source/customers/file_list.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json_bytes.h"
#include "base/text.h"
#include "source/customers/input_bytes.h"

namespace usher::customers {
namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  std::string text = (error ? fs::path(path) : whole).lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

bool ends_with_any_case(std::string_view name, std::string_view end) {
  return name.size() > end.size() &&
         equal_ignoring_case(name.substr(name.size() - end.size()), end);
}

// retry_batch_01_failed.json, of any number of digits.
bool is_retry_name(std::string_view name) {
  constexpr std::string_view kStart = "retry_batch_";
  constexpr std::string_view kEnd = "_failed.json";
  if (!name.starts_with(kStart) || !name.ends_with(kEnd)) return false;
  if (name.size() <= kStart.size() + kEnd.size()) return false;
  name.remove_prefix(kStart.size());
  name.remove_suffix(kEnd.size());
  return std::ranges::all_of(name, json_bytes::is_digit);
}

std::uint64_t retry_number(std::string_view name) {
  return static_cast<std::uint64_t>(
      parse_int(name.substr(12, name.find('_', 12) - 12)).value_or(INT64_MAX));
}

class Lister {
 public:
  explicit Lister(bool with_csv) : with_csv_(with_csv) {}

  Status add(const std::string& given) {
    if (given.empty()) return fail("a path is empty", "name files or folders");
    if (given == "-" || given.starts_with("/dev/") || given.starts_with("/proc/")) {
      return fail(shown_path(given) + ": is no file that can be read twice", kSave);
    }
    const std::string path = absolute(given);
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      return std::unexpected(system_error("cannot open", path, errno));
    }
    if (S_ISDIR(info.st_mode)) return add_folder(path);
    return add_file(path, true);
  }

  FileList take() && { return std::move(list_); }

 private:
  static constexpr const char* kSave = "save what it says in a file, and name that file";

  void note(const std::string& path, std::string_view why) {
    list_.notes.push_back(fmt::format("{}: {}", shown_path(path), why));
  }

  Status add_file(const std::string& path, bool named) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      return std::unexpected(system_error("cannot open", path, errno));
    }
    if (!S_ISREG(info.st_mode)) {
      return fail(shown_path(path) + ": is no regular file, so it cannot be read twice", kSave);
    }
    if (!seen_.emplace(info.st_dev, info.st_ino).second) {
      note(path, "is there by another name already, and is taken once");
      return {};
    }
    if (list_.files.size() == kMostFiles) {
      return fail(fmt::format("{}: is one file too many: at most {} are taken at once",
                              shown_path(path), with_commas(kMostFiles)),
                  "import them folder by folder");
    }
    list_.files.push_back(
        {path, named, static_cast<std::uint64_t>(info.st_size), known_retry(path)});
    return {};
  }

  Result<std::vector<std::string>> names_in(const std::string& folder) {
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    std::vector<std::string> names;
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) return std::unexpected(system_error("cannot list", folder, error.value()));
    std::ranges::sort(names);
    return names;
  }

  // Whether a name of a folder is to be taken; notes why not, when somebody could wonder.
  bool wanted(const std::string& path, const std::string& name) {
    const bool csv = is_csv_name(name);
    if (!csv && !ends_with_any_case(name, ".json")) return false;
    std::error_code error;
    if (fs::is_directory(path, error)) return false;
    if (name.starts_with('.')) {
      note(path, "is hidden, and left aside");
    } else if (is_report_name(name)) {
      note(path, "is a report, and holds no items");
    } else if (csv && !with_csv_) {
      note(path, "is left aside: a CSV needs a mapping of its columns (docs/customers-csv.md)");
    } else {
      return true;
    }
    return false;
  }

  Status add_folder(const std::string& folder) {
    USHER_TRY_ASSIGN(const auto origin, read_retry_folder(folder));
    USHER_TRY_ASSIGN(std::vector<std::string> names, names_in(folder));
    if (origin) {
      std::erase_if(names, [](const std::string& name) { return !is_retry_name(name); });
      std::ranges::sort(names, {}, [](const std::string& name) {
        return std::pair(retry_number(name), std::string_view(name));
      });
      USHER_TRY(refuse_missing(*origin, names));
      list_.origins.push_back(*origin);
    }
    for (const std::string& name : names) {
      const std::string path = (fs::path(folder) / name).string();
      if (origin || wanted(path, name)) USHER_TRY(add_file(path, false));
    }
    return {};
  }

  // It was moved away, or lost: whoever imports the folder means all of it.
  static Status refuse_missing(const RetryOrigin& origin, const std::vector<std::string>& names) {
    const std::set<std::string_view> there(names.begin(), names.end());
    for (const auto& file : origin.files) {
      if (there.contains(file.name)) continue;
      return fail(fmt::format("{}/{} is named in retry_summary.json, and is not there",
                              printable(origin.folder), printable(file.name)),
                  "put it back; or name the files that are to be imported, one by one");
    }
    return {};
  }

  // What the summary beside a retry file says of it; a file that was picked out of its folder is
  // known, too.
  RetryOrigin::File known_retry(const std::string& path) {
    const fs::path whole(path);
    const std::string name = whole.filename().string();
    if (!is_retry_name(name)) return {};
    const std::string folder = whole.parent_path().string();
    if (folder != beside_) {
      beside_ = folder;
      known_.clear();
      // One that cannot be read says nothing; of a folder that is named, it has been refused.
      const auto read = read_retry_folder(folder);
      const RetryOrigin origin = read ? read->value_or(RetryOrigin()) : RetryOrigin();
      for (const auto& file : origin.files) known_.emplace(file.name, file);
    }
    const auto known = known_.find(name);
    return known == known_.end() ? RetryOrigin::File() : known->second;
  }

  bool with_csv_;
  FileList list_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::string beside_;  // the folder of the last retry file, and what is known of its files
  std::map<std::string, RetryOrigin::File> known_;
};

}  // namespace

bool is_report_name(std::string_view name) {
  constexpr std::array<std::string_view, 7> kReports = {
      "retry_summary.json",          "generation_summary.json", "split_summary.json",
      "failed_customers.json",       "failed_households.json",  "verification_report.json",
      "firstname_spaces_report.json"};
  return std::ranges::find(kReports, name) != kReports.end() || name.starts_with("_SUMMARY_");
}

bool is_csv_name(std::string_view name) {
  return ends_with_any_case(name, ".csv");
}

Result<FileList> list_files(const std::vector<std::string>& paths, bool with_csv) {
  Lister lister(with_csv);
  for (const std::string& path : paths) USHER_TRY(lister.add(path));
  return std::move(lister).take();
}

}  // namespace usher::customers
