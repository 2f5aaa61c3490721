#pragma once
// A finished sweep as files: its page, and each distinct failure with its timeline.

#include <vector>

#include "cli/output_folder.hpp"
#include "cli/sweep_job.hpp"
#include "reports/sweep_text.hpp"

namespace lockstep {

/// Whether what became of a property is to be held against the lock's promises.
bool promised(const PropertyCount& count);

/// Why the runs say nothing of the lock unless they violated something; empty: they do.
std::string untested(const FinishedSweep& sweep);

reports::SweepSummary summary_of(const FinishedSweep& sweep);

/// index.html, failure.N.toml for each distinct failure, failure.N.html, its timeline, for those
/// that most runs showed, and base.toml, which the commands on the page are about.
std::vector<OutputFile> campaign_files(const FinishedSweep& sweep);

}  // namespace lockstep
