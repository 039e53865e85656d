// SPDX-License-Identifier: Apache-2.0
// For tests: outputs that remember, and surroundings in which the real commands run against a
// made-up environment and a made-up import.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
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
  std::vector<job::Standing> jobs;         // that are there, the latest used first
  std::vector<job::Request> job_runs;      // what was asked of jobs
  std::vector<std::string> removed;
  std::vector<customers::Request> customer_imports;  // what was asked of imports of customers
  std::vector<customers::Inputs::Wish> customer_wishes;
  customers::Checked checked;      // what a check will find
  customers::Resumable resumable;  // the job that goes on
  std::vector<std::string> questions;
  std::optional<std::string> answer;                                  // nothing: nobody is there
  Now now{Instant{}, WallTime{std::chrono::seconds{1'705'320'000}}};  // 2024-01-15 12:00 UTC
  Surroundings around{out, err};

  Stage() {
    around.folder = "/nonexistent";
    around.variable = [this](const char* name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::string() : found->second;
    };
    play([](Observer&) { return UserImportReport{}; });
    set_jobs();
    set_customers();
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

  // The run of a job that the commands will meet.
  void play_job(std::function<Result<UserImportReport>(Observer&)> script) {
    around.jobs.run = [this, script = std::move(script)](const job::Request& request,
                                                         Observer& observer, int) {
      job_runs.push_back(request);
      return script(observer);
    };
  }

  // The import of customers that the commands will meet.
  void play_customers(const std::function<Result<customers::Report>(customers::Face&)>& script) {
    around.customers.import_new = [this, script](const customers::Request& request,
                                                 const customers::Inputs::Wish& wish,
                                                 customers::Face& face, int) {
      customer_imports.push_back(request);
      customer_wishes.push_back(wish);
      face.checked(checked);
      return script(face);
    };
    around.customers.resume = [this, script](const customers::Request& request,
                                             customers::Face& face, int) {
      customer_imports.push_back(request);
      face.checked(checked);
      return script(face);
    };
  }

  int run(std::initializer_list<std::string> words) {
    const std::vector<std::string> arguments(words);
    return run_program(arguments, around);
  }

 private:
  void set_customers() {
    play_customers([](customers::Face&) { return customers::Report{}; });
    around.customers.check = [this](const customers::Inputs::Wish& wish, int) {
      customer_wishes.push_back(wish);
      return Result<customers::Checked>(checked);
    };
    around.customers.find = [this](const std::string&, const std::string& id) {
      customers::Resumable found = resumable;
      if (!id.empty()) found.id = id;
      return Result<customers::Resumable>(found);
    };
  }

  void set_jobs() {
    play_job([](Observer&) { return UserImportReport{}; });
    around.program = "/usr/bin/usher";
    around.processors = 4;
    around.clock = [this] { return now; };
    around.ask = [this](std::string_view question) {
      questions.emplace_back(question);
      return answer ? Answer{Answer::Kind::given, *answer} : Answer{};
    };
    around.jobs.list = [this](const std::string& root) {
      std::vector<job::Folder> folders;
      folders.reserve(jobs.size());
      for (const job::Standing& job : jobs) folders.emplace_back(root, job.id);
      return folders;
    };
    around.jobs.look = [this](const job::Folder& folder) {
      for (const job::Standing& job : jobs) {
        if (job.id == folder.id()) return job;
      }
      return job::Standing{};
    };
    around.jobs.plan = [this](const job::Folder& folder) -> Result<job::Plan> {
      job::Standing job = around.jobs.look(folder);
      using State = job::Standing::State;
      if (job.state == State::foreign || job.state == State::unreadable) return fail("no plan");
      return std::move(job.plan);
    };
    around.jobs.remove = [this](const job::Folder& folder) -> Status {
      removed.push_back(folder.id());
      return {};
    };
  }
};

}  // namespace usher::cli
