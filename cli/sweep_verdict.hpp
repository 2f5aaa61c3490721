#pragma once
// What a finished sweep comes to: an exit code for shells, checks for machines.

#include <cstdint>
#include <functional>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/sweep_job.hpp"
#include "reports/check_report.hpp"

namespace lockstep {

ExitCode code_of(const FinishedSweep& sweep, bool violation_expected);

/// One case per property; where a violation is expected, the search is the only one. What was not
/// tried to the end is undecided, never passed.
/// `see`: the command that shows the run of a seed that violated that property.
using SeeRun = std::function<std::string(const std::string& property, std::uint64_t seed)>;
reports::CheckSuite suite_of(const FinishedSweep& sweep, bool violation_expected,
                             const SeeRun& see);

}  // namespace lockstep
