#pragma once
// Shared libraries that add locks, workloads, faults and models to the program.

#include <string>
#include <string_view>
#include <vector>

#include "cli/complaint.hpp"

namespace lockstep {

/// Loads all of them and puts what they have into the tables. Once in a process, and before
/// anything looks at a table. A library that was built for another Lockstep is refused before any
/// of its code runs.
Checked<void> load_plug_ins(const std::vector<std::string>& files);

/// The files in a list with colons between them, as LOCKSTEP_PLUGIN has it.
std::vector<std::string> files_in(std::string_view list);

}  // namespace lockstep
