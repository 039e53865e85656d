// SPDX-License-Identifier: Apache-2.0
// The items of any number of files, each where it stands: found once in one streaming pass, indexed
// by byte offset in an unlinked file, and read again as the bytes they were. Nothing is parsed into
// a tree and nothing is written anew, so key order, leading zeros, unknown fields and escapes stay,
// and memory does not grow with the input. Items of a CSV are made by a mapping (csv_items.h) and
// lie in a file without a name; for everybody else they are items like any other.
//
// Batches never span files; items and batches are numbered from 1 over all files. Tested by
// inputs_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/customer.h"

namespace usher::customers {

// How a file holds its items.
enum class Shape : std::uint8_t {
  data,        // {"data": [...]}
  households,  // {"households": [...]}
  customers,   // {"importId": ..., "customers": [...]}: an export
  array,       // [...]
  csv,
};
[[nodiscard]] std::string_view to_string(Shape shape);  // "data", ...

struct InputFile {
  std::string path;  // absolute
  Shape shape = Shape::data;
  std::uint64_t bytes = 0;
  std::uint64_t items = 0;       // once surveyed
  std::uint64_t first_item = 0;  // of all items; once surveyed
  std::string sha256;            // once surveyed
};

// What a folder of retry files (retry_batches_*/retry_summary.json) says of the run that wrote it.
// Beyond the fields of the existing tool (import_type, ...) the summary has "platform_mode" (c4r,
// engage), "environment" (development, production), "api_url", "job", "used", and
// "retry_file_details": [{"file", "sha256", "items", "maybe": [[first, last], ...]}].
struct RetryOrigin {
  std::string folder;  // absolute
  ImportType type = ImportType::customers;
  std::optional<Platform> platform;  // absent when the existing tool wrote it
  std::optional<Environment> environment;
  std::string api_url;
  std::string job;   // that wrote it
  std::string used;  // when all its customers had arrived, in words for people; empty: not used
  std::string superseded_by;  // the folder that has what was left when this one was imported
  bool complete = true;       // false: of a run that is under way, or was cut off
  // Of each retry file by name: its digest when it was written, and which items (1 is the first)
  // may have arrived without our hearing of it.
  struct File {
    std::string name;
    std::string sha256;
    std::uint64_t items = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> maybe;  // first and last
    std::string api_url;                                         // where they may have arrived
  };
  std::vector<File> files;
};
// Nothing: not a folder of retry files. Fails on a summary that cannot be read.
[[nodiscard]] Result<std::optional<RetryOrigin>> read_retry_folder(const std::string& folder);

struct Item {
  std::uint64_t number = 0;   // of all items
  std::uint32_t file = 0;     // index in files()
  std::uint64_t in_file = 0;  // 1 is the first of its file
  std::uint64_t line = 0;     // where it begins; of a CSV, its record's
  bool bad = false;           // the check has turned it down (mark_bad)
  bool maybe = false;         // of a retry file: it may be there already
  std::string_view json;      // its bytes, exactly; valid during the call, or as said
};

struct Batch {
  std::uint64_t number = 0;
  std::uint32_t file = 0;
  std::uint64_t first_item = 0;  // of all items
  std::uint64_t first_in_file = 0;
  std::uint32_t size = 0;
};

class Inputs {
 public:
  struct Wish {
    std::vector<std::string> paths = {};  // files and folders
    // Without one: what the files say ("households": households, else customers). With one, a file
    // that says another is refused.
    std::optional<ImportType> type = {};
    std::uint32_t batch_size = 70;  // 1 to kMostInBatch
    std::string csv_mapping = {};   // path; needed for CSV files
    // Where they go: what may have arrived somewhere else says nothing of this target.
    std::string api_url = {};
  };

  // Finds the files: a folder gives its *.json (and *.csv with a mapping), of this level, sorted by
  // name; a folder of retry files its retry_batch_*.json alone. The same file by two names is taken
  // once. Fails on what is not there, cannot be read, is no regular file, or when nothing is left.
  [[nodiscard]] static Result<Inputs> open(const Wish& wish);
  ~Inputs();
  Inputs(Inputs&&) noexcept;
  Inputs& operator=(Inputs&&) noexcept;

  // The one pass. `see`: every item, in order; an error ends the pass. `stop_fd`: as in
  // run/user_import.h. Errors name the file, the line and the position.
  using See = std::function<Status(const Item& item)>;
  [[nodiscard]] Status survey(const See& see, int stop_fd = -1);

  // The rest: once surveyed.
  [[nodiscard]] Status mark_bad(std::uint64_t item);
  [[nodiscard]] ImportType type() const;
  [[nodiscard]] const std::vector<InputFile>& files() const;
  // What was left aside in folders, and why, in words: "notes.json: holds no items: ...". At most
  // kMostNotes, and then how many more.
  [[nodiscard]] const std::vector<std::string>& notes() const;
  static constexpr std::size_t kMostNotes = 100;
  [[nodiscard]] const std::vector<RetryOrigin>& retry_origins()
      const;  // of folders among the paths
  [[nodiscard]] std::uint64_t items() const;
  [[nodiscard]] std::uint64_t batches() const;
  [[nodiscard]] Batch batch(std::uint64_t number) const;

  // The items of a batch, their bytes in `bytes`. Fails when the file is no longer as it was.
  [[nodiscard]] Result<std::vector<Item>> read(const Batch& batch, std::string& bytes) const;

 private:
  struct Impl;
  explicit Inputs(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::customers
