#pragma once
// Where the results of checks go besides the terminal.

#include <string>

#include "cli/complaint.hpp"
#include "cli/terminal.hpp"
#include "reports/check_report.hpp"

namespace lockstep {

/// Can tell_machines write the file `junit`? To be asked before a long run; empty: it need not.
/// `made`: the folder that will have been made by then; may be empty.
Checked<void> check_machines(const std::string& junit, const std::string& made = {});

/// Writes JUnit's XML into the file `junit`, unless that is empty. Where GITHUB_ACTIONS is "true",
/// annotations go to err, and a table to the file that GITHUB_STEP_SUMMARY names.
Checked<void> tell_machines(const reports::CheckSuite& suite, const std::string& junit,
                            Terminal& terminal);

}  // namespace lockstep
