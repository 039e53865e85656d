// SPDX-License-Identifier: Apache-2.0
// How every run of a customer job ends, whatever ended it, and how a run is brought to its end that
// was killed: the retry folder, the files of failures, the marks on the folders that were imported,
// and last the end itself in the store, so that whatever is missing of it is done by the next
// start. Tested by job_test.cc.
#pragma once

#include <string_view>

#include "base/result.h"
#include "run/customers/opening.h"
#include "run/customers/retry_folder.h"
#include "run/stop_signal.h"

namespace usher::customers {

[[nodiscard]] std::string_view to_word(Report::End end);  // "finished", ...

// Fills the report's counts, causes and files. `word`: what the run is said to have ended by.
[[nodiscard]] Status end_run(Opened& job, const Inputs& inputs, RetryFolder& retry,
                             std::string_view word, StopSignal& signal, Report& report);

}  // namespace usher::customers
