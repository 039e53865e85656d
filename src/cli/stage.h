// SPDX-License-Identifier: Apache-2.0
// For tests: outputs that remember, and surroundings in which the real commands run against a
// made-up environment and a made-up import.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/surroundings.h"

namespace usher::cli {

class TextOutput : public Output {
 public:
  void write(std::string_view written) override { text += written; }
  [[nodiscard]] bool is_terminal() const override { return terminal; }
  [[nodiscard]] int width() const override { return columns; }

  std::string text;
  bool terminal = false;
  int columns = 80;
};

struct Stage {
  TextOutput out;
  TextOutput err;
  std::map<std::string, std::string> environment = {{"WORKOS_SECRET_KEY", "sk_test_123"}};
  std::vector<UserImportOptions> imports;  // what was asked of the import
  Surroundings around{out, err};

  Stage() {
    around.folder = "/nonexistent";
    around.variable = [this](const char* name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::string() : found->second;
    };
    play([](Observer&) { return UserImportReport{}; });
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // The import that the commands will meet.
  void play(std::function<Result<UserImportReport>(Observer&)> script) {
    around.import_users = [this, script = std::move(script)](const UserImportOptions& options,
                                                             Observer& observer, int) {
      imports.push_back(options);
      return script(observer);
    };
  }

  int run(std::initializer_list<std::string> words) {
    const std::vector<std::string> arguments(words);
    return run_program(arguments, around);
  }
};

}  // namespace usher::cli
