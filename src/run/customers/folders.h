// SPDX-License-Identifier: Apache-2.0
// Folders that change their content at once, and files with people's data in them. Tested by
// folders_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace usher::customers {

// Makes it, 0700, and the folders above it where they are missing. False: it is there.
[[nodiscard]] Result<bool> make_folder(const std::string& path);
// A new file, 0600; not synced.
[[nodiscard]] Status write_new(const std::string& path, std::string_view content);
// In one piece for whoever reads it meanwhile; not synced.
[[nodiscard]] Status write_whole(const std::string& path, std::string_view content);
// The folder and all in it reach the disk: one after the other when they are few, else with
// everything that is on the file system, which is one call rather than thousands.
[[nodiscard]] Status sync_folder(const std::string& path);
[[nodiscard]] Status sync_file(const std::string& path);
// That there is something of this name.
[[nodiscard]] Status sync_name(const std::string& path);

// Gives a folder its final name. False: there is something of that name.
[[nodiscard]] Result<bool> rename_new(const std::string& from, const std::string& to);
// `now` takes the place of `old`; what was in `old` is under the name of `now` afterwards.
[[nodiscard]] Status swap_folders(const std::string& now, const std::string& old);
// Removes a folder; what is not `ours` goes to `heir` first. What cannot be removed stays.
void remove_folder(const std::string& path, const std::string& heir,
                   const std::function<bool(std::string_view name)>& ours);

}  // namespace usher::customers
