#pragma once
// Between a sweep and the rows of a campaign.

#include <string>
#include <vector>

#include "campaign/campaign_file.hpp"
#include "cli/complaint.hpp"
#include "harness/draw.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

/// What the file of such a campaign begins with.
CampaignHead campaign_head(const DrawOptions& options, const std::string& strategy,
                           std::uint64_t planned);

/// For SweepOptions::note: what a row needs of the whole Outcome.
std::string pattern_note(const Outcome& outcome);
/// The same of one of its violations.
std::string pattern_note(const Outcome& outcome, const Verdict& violation);

/// The failure of a run with the note of pattern_note; its pattern is empty when there was none.
FailureRow failure_of(const RunDone& run);

/// Keeps the smaller one where the pattern is known, as CampaignFile::add does, and counts the
/// runs.
void add_failure(std::vector<FailureRow>& failures, FailureRow failure);

/// Puts a run into the file, with its scenario where it failed. `run` has its true seed and the
/// note of pattern_note.
CampaignResult<void> add_run(CampaignFile& file, const RunDone& run);

/// All runs of the file, summed up as a sweep does; without scenarios.
CampaignResult<SweepResult> result_of(const CampaignFile& file);

Complaint complaint_of(const CampaignError& error, const std::string& path);

}  // namespace lockstep
