#pragma once
// The small projects that `lockstep new` writes: templates/ with the names put in.

#include <string>
#include <string_view>
#include <vector>

#include "cli/complaint.hpp"
#include "cli/output_folder.hpp"

namespace lockstep {

/// The files of a new project, their names relative to its folder. `what` is lock, workload, fault
/// or model; `on` is what the lock stands on. Names are like "my-lock".
Checked<std::vector<OutputFile>> new_project(const std::string& what, const std::string& name,
                                             const std::string& on);

/// What a lock may stand on: "redis", ..., "own-server".
std::vector<std::string> grounds();

/// The faults that show the gap of a project's lock, as --faults takes them.
std::string faults_that_find(const std::string& what, const std::string& on);

}  // namespace lockstep
