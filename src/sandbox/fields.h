// SPDX-License-Identifier: Apache-2.0
// The fields that several resources share, with their rules: e-mail, external id, metadata, names.
// Tested by users_test.cc and organizations_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/answers.h"
#include "sandbox/form.h"
#include "sandbox/records.h"

namespace usher::sandbox {

// Trimmed, and lower-cased when the sandbox does that.
[[nodiscard]] std::string tidy_email(std::string_view email, bool lower_case);
[[nodiscard]] bool looks_like_email(std::string_view email);
[[nodiscard]] bool looks_like_domain(std::string_view domain);

// Absent, cleared by null, or set.
struct TextChange {
  bool present = false;
  Text value{};
};
// 1 to 128 ASCII characters.
[[nodiscard]] TextChange read_external_id(Form& form);

// What a body says about metadata: keys to set, keys to drop (no value), or all of them to go.
struct MetadataChange {
  bool present = false;
  bool clears = false;
  std::vector<std::pair<std::string, Text>> entries{};
};
[[nodiscard]] MetadataChange read_metadata(Form& form);
// The metadata afterwards, or the 400 when it breaks a limit.
[[nodiscard]] Checked<Metadata> apply(const MetadataChange& change, Metadata metadata,
                                      std::size_t most_pairs);

}  // namespace usher::sandbox
