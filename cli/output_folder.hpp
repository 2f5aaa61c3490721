#pragma once
// Folders of results: written whole or not at all.

#include <string>
#include <vector>

#include "cli/complaint.hpp"

namespace lockstep {

struct OutputFile {
  std::string name;  // "outcome.json"
  std::string content;
};

/// May `folder` be written? It may when it is absent, empty, or holds nothing but what lockstep
/// writes, and when a folder can be made in its place. To be asked before a long run.
Checked<void> check_output(const std::string& folder);

/// Puts the files into a new folder beside it, syncs them, and gives it the name at once: whoever
/// looks sees the old content or all of the new. Does nothing when it fails.
Checked<void> write_output(const std::string& folder, const std::vector<OutputFile>& files);

}  // namespace lockstep
