// SPDX-License-Identifier: Apache-2.0
// What a person at a desk (desk.h) has who imports customers: a customer API, a token, profiles,
// and the files that a command line reads. Tested by docs_lines_test.cc.
#pragma once

#include <map>
#include <string>

#include "base/scratch.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {

class CustomerSide {
 public:
  // Two batches fail where the script says so by its file of faults.
  CustomerSide(const std::string& script, const ScratchFolder& folder);

  [[nodiscard]] const std::string& url() const { return api_.url(); }
  // Of the environment.
  [[nodiscard]] std::map<std::string, std::string> variables() const;
  // Makes the files, folders and profiles that the script reads and does not make.
  void prepare_for(const std::string& script) const;

 private:
  void write_profiles(const std::string& script) const;
  void write_retry_folder(const std::string& name) const;

  LocalApi api_;
  const ScratchFolder& folder_;
};

[[nodiscard]] bool is_about_customers(const std::string& script);

}  // namespace usher::scenarios
