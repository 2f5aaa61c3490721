#pragma once
// The files of one finished run.

#include <optional>
#include <vector>

#include "cli/output_folder.hpp"
#include "cli/saved_scenarios.hpp"
#include "core/outcome.hpp"
#include "harness/contained.hpp"

namespace lockstep {

/// scenario.toml, outcome.json, history.jsonl, history.pb and the reports. `wall` is how long the
/// run took.
std::vector<OutputFile> files_of(const Outcome& outcome, std::optional<Duration> wall);

/// The exit code of a run that was to be safe, or was to break.
ExitCode code_of(const Outcome& outcome, bool violation_expected);

/// Adds what would have prevented its violations, tried out by runs; `fixed` is the sibling of a
/// saved scenario. Does nothing for a run that is too long to be repeated.
void add_counterfactuals(Outcome& outcome, const NamedScenario* fixed = nullptr);

/// Runs and takes the time. What needs a plug-in runs in a process of its own first, and here only
/// when it came to an end there; Outcome::diverged says whether it was always the same run.
struct TimedOutcome {
  Outcome outcome;
  Duration wall{};
};
TimedOutcome timed_run(const Scenario& scenario, bool trace, const Bounds& bounds = {});

}  // namespace lockstep
