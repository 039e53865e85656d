// SPDX-License-Identifier: Apache-2.0
#include "source/customers/inputs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "source/customers/csv_items.h"
#include "source/customers/csv_mapping.h"
#include "source/customers/file_list.h"
#include "source/customers/input_bytes.h"
#include "source/customers/item_index.h"
#include "source/customers/item_scanner.h"
#include "source/distinct.h"

namespace usher::customers {
namespace {

constexpr std::uint64_t kMostItems = 1'000'000'000;

std::uint64_t digest_of(std::string_view bytes) {
  return quick_hash(bytes, 0);
}

std::string_view plural(ImportType type) {
  return type == ImportType::customers ? "customers" : "households";
}

// What the shape says; a list without a name says nothing.
std::optional<ImportType> type_of(Shape shape) {
  if (shape == Shape::households) return ImportType::households;
  if (shape == Shape::data || shape == Shape::customers) return ImportType::customers;
  return std::nullopt;
}

}  // namespace

struct Inputs::Impl {
  Status find(const Wish& wish);
  Status look_into(const ListedFile& listed);
  Status settle_type(const Wish& wish);
  Status look_into_csv(const ListedFile& listed);
  Status survey_file(std::uint32_t number, const See& see, int stop_fd);
  Status survey_items(std::uint32_t number, Bytes bytes, const See& see);
  Status survey_csv(std::uint32_t number, Bytes bytes, const See& see);
  Status add(std::uint32_t number, const FoundItem& found, const See& see);
  void count_batches();
  void note(std::string text);

  [[nodiscard]] bool is_maybe(std::uint32_t file, std::uint64_t in_file) const;
  Status read_bytes(const Batch& batch, std::span<const IndexEntry> entries, std::string& bytes);

  std::uint32_t batch_size = 1;
  std::string api_url;
  std::optional<CsvMapping> mapping;
  MadeItems made;  // of all CSVs
  ImportType type = ImportType::customers;
  std::vector<InputFile> files;
  std::vector<RetryOrigin::File> retry;  // of each file
  std::vector<RetryOrigin> origins;
  std::vector<std::string> notes;
  std::uint64_t more_notes = 0;
  ItemIndex index;
  std::uint64_t items = 0;
  std::vector<std::uint64_t> first_batch;  // of each file, and behind the last one
  OpenFiles open_files;
};

void Inputs::Impl::note(std::string text) {
  if (notes.size() < kMostNotes) {
    notes.push_back(std::move(text));
    return;
  }
  if (more_notes++ == 0) notes.emplace_back();
  notes.back() = fmt::format("and {} more files are left aside", with_commas(more_notes));
}

Status Inputs::Impl::find(const Wish& wish) {
  if (wish.batch_size < 1 || wish.batch_size > kMostInBatch) {
    return fail(fmt::format("a batch of {} items cannot be", wish.batch_size),
                fmt::format("1 to {} items go into one request", kMostInBatch));
  }
  batch_size = wish.batch_size;
  api_url = wish.api_url;
  if (!wish.csv_mapping.empty()) {
    USHER_TRY_ASSIGN(mapping, CsvMapping::read(wish.csv_mapping));
  }
  USHER_TRY_ASSIGN(FileList list, list_files(wish.paths, !wish.csv_mapping.empty()));
  origins = std::move(list.origins);
  for (std::string& text : list.notes) note(std::move(text));
  for (const ListedFile& listed : list.files) USHER_TRY(look_into(listed));
  if (!files.empty()) return settle_type(wish);
  const std::string where = wish.paths.empty() ? "" : shown_path(wish.paths.front()) + ": ";
  return fail(where + "holds no file of items",
              notes.empty() ? "name files, or folders of *.json" : notes.front());
}

Status Inputs::Impl::look_into_csv(const ListedFile& listed) {
  if (!mapping) {
    return fail(shown_path(listed.path) + ": is a CSV, and no mapping of its columns is given",
                "docs/customers-csv.md says how to write one");
  }
  USHER_TRY_ASSIGN(OpenFile file, OpenFile::open(listed.path));
  USHER_TRY(CsvItems::begin(file.bytes(), shown_path(listed.path), *mapping));
  files.push_back({listed.path, Shape::csv, file.size(), 0, 0, {}});
  retry.emplace_back();
  return {};
}

// The first bytes say what it is. A file of a folder that is something else is left aside; one that
// is broken is not: it may have been somebody's customers.
Status Inputs::Impl::look_into(const ListedFile& listed) {
  if (is_csv_name(listed.path)) return look_into_csv(listed);
  USHER_TRY_ASSIGN(OpenFile file, OpenFile::open(listed.path));
  ItemScanner scanner(file.bytes(), shown_path(listed.path), {.window = std::size_t{64} << 10});
  USHER_TRY_ASSIGN(const std::optional<Shape> shape, scanner.begin());
  std::string_view problem = "holds no list of items";
  if (shape) {
    FoundItem first;
    USHER_TRY_ASSIGN(const bool any, scanner.next(first));
    if (!any || !is_failure_record(first.json)) {
      files.push_back({listed.path, *shape, file.size(), 0, 0, {}});
      retry.push_back(listed.retry);
      return {};
    }
    problem = "is a list of failures, and holds no items";
  }
  if (listed.named) {
    return fail(fmt::format("{}: {}", shown_path(listed.path), problem),
                "a file of items looks like this: {\"data\": [{...}, {...}]}");
  }
  note(fmt::format("{}: {}", shown_path(listed.path), problem));
  return {};
}

Status Inputs::Impl::settle_type(const Wish& wish) {
  std::optional<ImportType> wanted = wish.type;
  std::string by = "--type says so";
  for (const RetryOrigin& origin : origins) {
    if (!wanted) {
      wanted = origin.type;
      by = shown_path(origin.folder) + "/retry_summary.json says so";
    } else if (*wanted != origin.type) {
      return fail(fmt::format("{}: is about {}, and {} are to be imported ({})",
                              shown_path(origin.folder), plural(origin.type), plural(*wanted), by),
                  "import customers and households one after the other");
    }
  }
  for (const InputFile& file : files) {
    const auto says = type_of(file.shape);
    if (!says) continue;
    if (!wanted) {
      wanted = says;
      by = shown_path(file.path) + " holds them";
    } else if (*wanted != *says) {
      return fail(fmt::format("{}: holds {} (\"{}\"), and {} are to be imported ({})",
                              shown_path(file.path), plural(*says), to_string(file.shape),
                              plural(*wanted), by),
                  "import customers and households one after the other");
    }
  }
  type = wanted.value_or(ImportType::customers);
  return {};
}

Status Inputs::Impl::add(std::uint32_t number, const FoundItem& found, const See& see) {
  if (items == kMostItems) {
    return fail(fmt::format("{}: has more than {} items, together with the files before",
                            shown_path(files[number].path), with_commas(kMostItems)),
                "import the files in several runs");
  }
  ++items;
  ++files[number].items;
  USHER_TRY(index.add({found.offset, digest_of(found.json), found.line,
                       static_cast<std::uint32_t>(found.json.size()), 0}));
  if (!see) return {};
  Item item;
  item.number = items;
  item.file = number;
  item.in_file = files[number].items;
  item.line = found.line;
  item.json = found.json;
  return see(item);
}

Status Inputs::Impl::survey_items(std::uint32_t number, Bytes bytes, const See& see) {
  ItemScanner scanner(std::move(bytes), shown_path(files[number].path), {});
  USHER_TRY_ASSIGN(const std::optional<Shape> shape, scanner.begin());
  if (shape != files[number].shape) {
    return fail(shown_path(files[number].path) + ": has changed while it was read",
                "run again once it is complete");
  }
  FoundItem found;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, scanner.next(found));
    if (!any) return {};
    USHER_TRY(add(number, found, see));
  }
}

Status Inputs::Impl::survey_csv(std::uint32_t number, Bytes bytes, const See& see) {
  if (!mapping) return fail("a CSV without a mapping");  // look_into_csv() has refused it
  USHER_TRY_ASSIGN(CsvItems records,
                   CsvItems::begin(std::move(bytes), shown_path(files[number].path), *mapping));
  FoundItem found;
  while (true) {
    USHER_TRY_ASSIGN(const bool any, records.next(found));
    if (!any) return {};
    USHER_TRY_ASSIGN(found.offset, made.add(found.json));
    USHER_TRY(add(number, found, see));
  }
}

Status Inputs::Impl::survey_file(std::uint32_t number, const See& see, int stop_fd) {
  InputFile& file = files[number];
  file.items = 0;
  file.first_item = items + 1;
  USHER_TRY_ASSIGN(OpenFile opened, OpenFile::open(file.path));
  file.bytes = opened.size();
  Sha256 sha;
  Bytes bytes = opened.bytes(&sha, stop_fd);
  USHER_TRY(file.shape == Shape::csv ? survey_csv(number, std::move(bytes), see)
                                     : survey_items(number, std::move(bytes), see));
  file.sha256 = sha.hex();
  return {};
}

void Inputs::Impl::count_batches() {
  first_batch.assign(1, 1);
  for (const InputFile& file : files) {
    first_batch.push_back(first_batch.back() + (file.items + batch_size - 1) / batch_size);
  }
}

// What the summary of a retry folder says counts as long as the file is as it was written then.
bool Inputs::Impl::is_maybe(std::uint32_t file, std::uint64_t in_file) const {
  const RetryOrigin::File& known = retry[file];
  if (known.maybe.empty() || known.sha256 != files[file].sha256) return false;
  if (!api_url.empty() && known.api_url != api_url) return false;
  return std::ranges::any_of(known.maybe, [in_file](const auto& range) {
    return range.first <= in_file && in_file <= range.second;
  });
}

// Neighbours with little between them are read at once.
Status Inputs::Impl::read_bytes(const Batch& batch, std::span<const IndexEntry> entries,
                                std::string& bytes) {
  constexpr std::uint64_t kGap = 4096;
  const InputFile& file = files[batch.file];
  const OpenFile* opened = nullptr;
  if (file.shape != Shape::csv) {
    USHER_TRY_ASSIGN(opened, open_files.get(file.path));
  }
  bytes.clear();
  std::string span;
  for (std::size_t begin = 0; begin < entries.size();) {
    std::size_t end = begin + 1;
    std::uint64_t until = entries[begin].offset + entries[begin].length;
    for (; end < entries.size() && entries[end].offset - until <= kGap; ++end) {
      until = entries[end].offset + entries[end].length;
    }
    span.resize(until - entries[begin].offset);
    USHER_TRY(opened != nullptr ? opened->read_at(entries[begin].offset, span)
                                : made.read_at(entries[begin].offset, span));
    for (std::size_t i = begin; i < end; ++i) {
      const auto item = std::string_view(span).substr(entries[i].offset - entries[begin].offset,
                                                      entries[i].length);
      if (digest_of(item) != entries[i].digest) {
        return fail(fmt::format("{}:{}: has changed since it was checked", shown_path(file.path),
                                entries[i].line),
                    "leave the files alone while they are imported; then go on with --resume");
      }
      bytes += item;
    }
    begin = end;
  }
  return {};
}

Inputs::Inputs(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Inputs::~Inputs() = default;
Inputs::Inputs(Inputs&&) noexcept = default;
Inputs& Inputs::operator=(Inputs&&) noexcept = default;

Result<Inputs> Inputs::open(const Wish& wish) {
  auto impl = std::make_unique<Impl>();
  USHER_TRY(impl->find(wish));
  return Inputs(std::move(impl));
}

Status Inputs::survey(const See& see, int stop_fd) {
  USHER_TRY_ASSIGN(impl_->index, ItemIndex::make());
  impl_->items = 0;
  impl_->made = MadeItems();
  for (std::uint32_t number = 0; number < impl_->files.size(); ++number) {
    USHER_TRY(impl_->survey_file(number, see, stop_fd));
  }
  USHER_TRY(impl_->index.flush());
  USHER_TRY(impl_->made.flush());
  impl_->count_batches();
  return {};
}

Status Inputs::mark_bad(std::uint64_t item) {
  if (!impl_->index.is_made()) return fail("the files have not been looked through yet");
  return impl_->index.mark_bad(item);
}

ImportType Inputs::type() const {
  return impl_->type;
}

const std::vector<InputFile>& Inputs::files() const {
  return impl_->files;
}

const std::vector<std::string>& Inputs::notes() const {
  return impl_->notes;
}

const std::vector<RetryOrigin>& Inputs::retry_origins() const {
  return impl_->origins;
}

std::uint64_t Inputs::items() const {
  return impl_->items;
}

std::uint64_t Inputs::batches() const {
  return impl_->first_batch.empty() ? 0 : impl_->first_batch.back() - 1;
}

Batch Inputs::batch(std::uint64_t number) const {
  Batch batch;
  if (number == 0 || number > batches()) return batch;
  const auto& firsts = impl_->first_batch;
  const auto behind = std::ranges::upper_bound(firsts, number);
  const auto file = static_cast<std::uint32_t>(behind - firsts.begin() - 1);
  const std::uint64_t before = (number - firsts[file]) * impl_->batch_size;
  batch.number = number;
  batch.file = file;
  batch.first_item = impl_->files[file].first_item + before;
  batch.first_in_file = before + 1;
  batch.size = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(impl_->batch_size, impl_->files[file].items - before));
  return batch;
}

Result<std::vector<Item>> Inputs::read(const Batch& batch, std::string& bytes) const {
  if (!impl_->index.is_made() || batch.size == 0 || batch.first_item + batch.size > items() + 1) {
    return fail(fmt::format("there is no batch {}", batch.number));
  }
  std::array<IndexEntry, kMostInBatch> room;
  const std::span<IndexEntry> entries(room.data(), batch.size);
  USHER_TRY(impl_->index.read(batch.first_item, entries));
  USHER_TRY(impl_->read_bytes(batch, entries, bytes));
  std::vector<Item> found(batch.size);
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < batch.size; ++i) {
    Item& item = found[i];
    item.number = batch.first_item + i;
    item.file = batch.file;
    item.in_file = batch.first_in_file + i;
    item.line = entries[i].line;
    item.bad = entries[i].bad != 0;
    item.maybe = impl_->is_maybe(batch.file, item.in_file);
    item.json = std::string_view(bytes).substr(at, entries[i].length);
    at += entries[i].length;
  }
  return found;
}

}  // namespace usher::customers
