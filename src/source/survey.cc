// SPDX-License-Identifier: Apache-2.0
#include "source/survey.h"

#include <algorithm>

#include <fmt/format.h>

#include "source/distinct.h"

namespace usher {
namespace {

class Surveyor {
 public:
  Surveyor(csv::Reader& reader, const UserMapping& mapping, const SurveyHooks& hooks)
      : reader_(reader), mapping_(mapping), hooks_(hooks) {}

  Result<Survey> run() {
    result_.mode = mapping_.mode();
    std::vector<std::string> header = mapping_.warnings();
    keep(header);
    while (true) {
      USHER_TRY_ASSIGN(const bool any, reader_.next(record_));
      if (!any) break;
      ++result_.rows;
      USHER_TRY(look());
      if (!warnings_.empty()) keep(warnings_);
      const bool due = result_.rows % kStep == 0 && hooks_.progressed;
      if (due && !hooks_.progressed(result_.rows, reader_.bytes_read())) break;
    }
    return finish();
  }

 private:
  static constexpr std::uint64_t kStep = 8192;

  void keep(std::vector<std::string>& warnings) {
    result_.warning_count += warnings.size();
    for (std::string& warning : warnings) {
      if (result_.warnings.size() == Survey::kMaxWarnings) break;
      result_.warnings.push_back(std::move(warning));
    }
    warnings.clear();
  }

  Status look() {
    if (!mapping_.map_into(record_, row_, failure_, warnings_)) return refuse(failure_);
    if (hooks_.check) {
      const std::size_t before = warnings_.size();
      const auto failure = hooks_.check(row_, warnings_);
      for (std::size_t i = before; i < warnings_.size(); ++i) {
        warnings_[i] = fmt::format("Row {}: {}", record_.number, warnings_[i]);
      }
      if (failure) return refuse(*failure);
    }
    return count();
  }

  Status refuse(const Failure& failure) {
    ++result_.failed;
    if (!hooks_.failed) return {};
    return hooks_.failed(record_, row_, failure);
  }

  Status count() {
    const std::uint64_t person = quick_hash_ignoring_case(row_.email, 0);
    USHER_TRY(people_.add(person));
    if (row_.org.by == OrgRef::By::none) return {};
    const auto kind = static_cast<std::uint64_t>(row_.org.by);
    const std::uint64_t organization = quick_hash(row_.org.value, kind);
    USHER_TRY(organizations_.add(organization));
    if (row_.org.may_create) {
      USHER_TRY(creatable_.add(organization));
    }
    return memberships_.add(quick_hash_pair(person, organization));
  }

  Result<Survey> finish() {
    result_.bytes = reader_.bytes_read();
    USHER_TRY_ASSIGN(result_.people, people_.count());
    USHER_TRY_ASSIGN(result_.memberships, memberships_.count());
    USHER_TRY_ASSIGN(result_.organizations, organizations_.count());
    USHER_TRY_ASSIGN(result_.creatable, creatable_.count());
    return std::move(result_);
  }

  csv::Reader& reader_;
  const UserMapping& mapping_;
  const SurveyHooks& hooks_;
  Survey result_;
  csv::Record record_;
  UserRow row_;
  Failure failure_;
  std::vector<std::string> warnings_;
  DistinctCounter people_;
  DistinctCounter memberships_;
  DistinctCounter organizations_{4096};
  DistinctCounter creatable_{4096};
};

}  // namespace

Result<Survey> survey(csv::Reader& reader, const UserMapping& mapping, const SurveyHooks& hooks) {
  return Surveyor(reader, mapping, hooks).run();
}

}  // namespace usher
