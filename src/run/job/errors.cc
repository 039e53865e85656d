// SPDX-License-Identifier: Apache-2.0
#include "run/job/errors.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "run/error_log.h"

namespace usher::job {
namespace {

constexpr std::string_view kFrom = "errors_from";  // the note: "RUN OFFSET"

// Lines from this offset on are of this run, those before of earlier ones.
struct From {
  std::uint32_t run = 0;
  std::uint64_t offset = 0;
};

Result<From> read_from(JobStore& store) {
  USHER_TRY_ASSIGN(const std::string note, store.note(kFrom));
  const auto words = split(note, ' ');
  From from;
  if (words.size() != 2) return from;
  from.run = static_cast<std::uint32_t>(parse_int(words[0]).value_or(0));
  from.offset = static_cast<std::uint64_t>(parse_int(words[1]).value_or(0));
  return from;
}

Status write_from(JobStore& store, const From& from) {
  const std::vector<JobStore::Note> notes = {{kFrom, fmt::format("{} {}", from.run, from.offset)}};
  return store.set_notes(notes);
}

std::uint64_t size_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// Every line of ours begins like this (run/error_record.cc); 0: it is none.
std::uint64_t record_of(std::string_view line) {
  constexpr std::string_view kBegin = "{\"recordNumber\":";
  if (!line.starts_with(kBegin) || !line.ends_with('}')) return 0;
  std::uint64_t record = 0;
  std::from_chars(line.data() + kBegin.size(), line.data() + line.size(), record);
  return record;
}

// The lines that hold as of now: of failed rows, from the run that ended them, the last of each.
class Sieve {
 public:
  Sieve(const std::string& path, JobStore& store, From from)
      : path_(path), store_(store), from_(from) {}

  // Calls `keep` with each line that holds.
  template <class Keep>
  Status run(Keep keep) {
    USHER_TRY(each([&](std::uint64_t record, std::string_view) -> Status {
      if (record >= seen_.size()) seen_.resize(record + record / 2 + 64);
      if (seen_[record]) ++repeated_.try_emplace(record, 1).first->second;
      seen_[record] = true;
      return {};
    }));
    return each([&](std::uint64_t record, std::string_view line) -> Status {
      const auto again = repeated_.find(record);
      if (again != repeated_.end() && --again->second > 0) return {};
      return keep(line);
    });
  }

 private:
  template <class Use>
  Status each(Use use) {
    std::ifstream in(path_, std::ios::binary);
    std::string line;
    std::uint64_t at = 0;
    while (std::getline(in, line)) {
      const std::uint64_t begin = std::exchange(at, at + line.size() + 1);
      const std::uint64_t record = record_of(line);
      if (record == 0 || in.eof()) continue;  // a torn last line has no end
      USHER_TRY_ASSIGN(const RowState row, store_.row(record));
      const bool of_run = begin >= from_.offset;
      const bool holds =
          row.outcome == RowOutcome::failed && (row.run >= from_.run ? of_run : !of_run);
      if (holds) USHER_TRY(use(record, line));
    }
    return {};
  }

  const std::string& path_;
  JobStore& store_;
  From from_;
  std::vector<bool> seen_;
  std::map<std::uint64_t, int> repeated_;  // how often; few: after a worker's death
};

Status replace(const std::string& made, const std::string& path) {
  const Fd file(::open(made.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0 || ::rename(made.c_str(), path.c_str()) != 0) {
    return std::unexpected(system_error("cannot write", path, errno));
  }
  return {};
}

Status remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return std::unexpected(system_error("cannot remove", path, errno));
}

Status compact(const std::string& path, JobStore& store, const From& from) {
  if (size_of(path) == 0) return remove_file(path);
  const std::string made = path + ".tmp";
  bool any = false;
  {
    USHER_TRY_ASSIGN(Appender out, Appender::open(made, Appender::Mode::truncate));
    Sieve sieve(path, store, from);
    const auto keep = [&](std::string_view line) -> Status {
      any = true;
      return out.write(std::string(line) + "\n");
    };
    USHER_TRY(sieve.run(keep));
    USHER_TRY(out.flush());
  }
  if (any) return replace(made, path);
  USHER_TRY(remove_file(path));
  return remove_file(made);
}

}  // namespace

Result<Errors> Errors::begin(std::string path, JobStore& store, std::uint32_t run) {
  USHER_TRY_ASSIGN(const From from, read_from(store));
  USHER_TRY(compact(path, store, from));
  USHER_TRY(write_from(store, {run, size_of(path)}));
  return Errors(std::move(path), store, run);
}

Status Errors::clear(const std::string& path, JobStore& store) {
  USHER_TRY(remove_file(path));
  return write_from(store, {});
}

Status Errors::add(const FailedRow& row) {
  if (!file_) {
    USHER_TRY_ASSIGN(file_, Appender::open(path_, Appender::Mode::append));
  }
  std::string line;
  append_json_line(line, row, false);
  USHER_TRY(file_->write(line));
  return file_->flush();
}

Status Errors::finish() {
  file_.reset();
  USHER_TRY_ASSIGN(const From from, read_from(*store_));
  USHER_TRY(compact(path_, *store_, from));
  // What is left is all of this run or of earlier ones: nothing of a later one yet.
  return write_from(*store_, {run_ + 1, size_of(path_)});
}

}  // namespace usher::job
