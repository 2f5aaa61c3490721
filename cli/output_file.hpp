#pragma once
// Files of results that were named one by one: --junit FILE, --export KIND=FILE.

#include <string>

#include "cli/complaint.hpp"

namespace lockstep {

/// Can that file be written? To be asked before a long run; nothing is left behind.
Checked<void> check_output_file(const std::string& path);

/// Does the path name a file of that folder? Neither needs to be there; no folder holds nothing.
bool lies_in(const std::string& path, const std::string& folder);

/// Writes a file whole or not at all: whoever looks sees the old content or all of the new. A
/// symbolic link stays one, and what it leads to is replaced. What is no regular file, such as a
/// pipe or /dev/stdout, is written to as it stands. The folder must be there.
Checked<void> write_whole_file(const std::string& path, const std::string& content);

}  // namespace lockstep
