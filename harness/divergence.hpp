#pragma once
// Where two runs of one Scenario part: the proof that something in them is no function of it.

#include <string>

#include "core/outcome.hpp"

namespace lockstep {

/// The first difference, in words; empty when the runs are the same. Best with traces: then it says
/// who did what, and when. Without, it says between which events.
std::string first_difference(const Outcome& one, const Outcome& other);

/// Runs the Scenario twice in this process, and again with traces if that differs. Empty: the same
/// run. Otherwise what a person should know: whose rule is broken, and the first difference.
std::string difference_between_runs(const Scenario& scenario, const Outcome& first,
                                    std::uint64_t event_limit);

}  // namespace lockstep
