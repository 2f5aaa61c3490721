#pragma once
// Where the results of checks go besides the terminal.

#include <string>

#include "cli/complaint.hpp"
#include "cli/terminal.hpp"
#include "reports/check_report.hpp"

namespace lockstep {

/// Writes JUnit's XML into the file `junit`, unless that is empty. Where GITHUB_ACTIONS is "true",
/// annotations go to err, and a table to the file that GITHUB_STEP_SUMMARY names.
Checked<void> tell_machines(const reports::CheckSuite& suite, const std::string& junit,
                            Terminal& terminal);

/// Writes a file whole or not at all.
Checked<void> write_whole_file(const std::string& path, const std::string& content);

}  // namespace lockstep
