// SPDX-License-Identifier: Apache-2.0
#include "sandbox/fields.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::sandbox {

namespace {

constexpr std::size_t kExternalId = 128;
constexpr std::size_t kMetadataKey = 40;
constexpr std::size_t kMetadataValue = 600;

bool is_alphanumeric(unsigned char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

net::Reply bad_metadata(std::string_view message) {
  return coded(400, "invalid_metadata", message);
}

}  // namespace

std::string tidy_email(std::string_view email, bool lower_case) {
  return lower_case ? lower_ascii(trim(email)) : std::string(trim(email));
}

bool looks_like_domain(std::string_view domain) {
  const auto labels = split(domain, '.');
  return domain.size() <= 253 && labels.size() >= 2 &&
         std::ranges::all_of(labels, [](std::string_view label) {
           return !label.empty() && label.size() <= 63 && label.front() != '-' &&
                  label.back() != '-' && std::ranges::all_of(label, [](char letter) {
                    return letter == '-' || is_alphanumeric(static_cast<unsigned char>(letter));
                  });
         });
}

bool looks_like_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || email.size() > 320) return false;
  const bool printable = std::ranges::none_of(email.substr(0, at), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= 0x20 || byte == 0x7f || byte == '@' || byte == ',' || byte == '<' || byte == '>';
  });
  return printable && looks_like_domain(email.substr(at + 1));
}

TextChange read_external_id(Form& form) {
  TextChange change{.present = form.has("external_id"), .value = form.text("external_id")};
  if (!change.value) return change;
  const std::string& id = *change.value;
  if (id.empty() || id.size() > kExternalId || !is_ascii(id)) {
    form.refuse("external_id", "external_id_invalid",
                "External id should be 1 to 128 ASCII characters.");
  }
  return change;
}

MetadataChange read_metadata(Form& form) {
  MetadataChange change;
  const boost::json::value* value = form.raw("metadata");
  if (value == nullptr) return change;
  change.present = true;
  const auto wrong = [&] {
    form.refuse("metadata", "metadata_required",
                "Metadata should be an object with string values.");
    return change;
  };
  if (value->is_null()) {
    change.clears = true;
    return change;
  }
  if (!value->is_object()) return wrong();
  change.clears = value->get_object().empty();
  for (const auto& [key, content] : value->get_object()) {
    std::string name(key.data(), key.size());
    if (content.is_null()) {
      change.entries.emplace_back(std::move(name), std::nullopt);
    } else if (content.is_string()) {
      const auto& text = content.get_string();
      change.entries.emplace_back(std::move(name), std::string(text.data(), text.size()));
    } else {
      return wrong();
    }
  }
  return change;
}

Checked<Metadata> apply(const MetadataChange& change, Metadata metadata, std::size_t most_pairs) {
  if (change.clears) metadata.clear();
  for (const auto& [key, value] : change.entries) {
    if (utf8_length(key) > kMetadataKey) {
      return refuse(bad_metadata("Metadata keys should have at most 40 characters."));
    }
    const auto found = std::ranges::find(metadata, key, &Metadata::value_type::first);
    if (!value) {
      if (found != metadata.end()) metadata.erase(found);
      continue;
    }
    if (utf8_length(*value) > kMetadataValue) {
      return refuse(bad_metadata("Metadata values should have at most 600 characters."));
    }
    if (found != metadata.end()) {
      found->second = *value;
    } else {
      metadata.emplace_back(key, *value);
    }
  }
  if (metadata.size() > most_pairs) {
    return refuse(bad_metadata(fmt::format("Metadata should have at most {} pairs.", most_pairs)));
  }
  return metadata;
}

}  // namespace usher::sandbox
