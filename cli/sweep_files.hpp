#pragma once
// A finished sweep as files: its page, and each distinct failure with its timeline.

#include <vector>

#include "cli/output_folder.hpp"
#include "cli/sweep_job.hpp"
#include "harness/odds.hpp"
#include "reports/sweep_text.hpp"

namespace lockstep {

/// Whether what became of a property is to be held against the lock's promises.
bool promised(const PropertyCount& count);

/// Why the runs say nothing of the lock unless they violated something; empty: they do.
std::string untested(const FinishedSweep& sweep);

/// The chance that a hold violates the property: of the holds up to the first violation of each
/// run, and all holds of the runs without one, those that were violations. Trials until the first
/// event, so this is the usual estimator of a hazard, events by exposure: it does not fall as runs
/// grow longer. The interval is that of a fixed number of trials, an approximation.
Odds hazard_of(const PropertyCount& count);

reports::SweepSummary summary_of(const FinishedSweep& sweep);

/// index.html, failure.N.toml for each distinct failure, failure.N.html, its timeline, for those
/// that most runs showed, and base.toml, which the commands on the page are about.
std::vector<OutputFile> campaign_files(const FinishedSweep& sweep);

}  // namespace lockstep
