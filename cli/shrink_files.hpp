#pragma once
// A violation made small: found, shrunk, measured, and told.

#include <optional>
#include <string>
#include <vector>

#include "cli/output_folder.hpp"
#include "cli/verbs.hpp"
#include "harness/shrink.hpp"
#include "harness/thresholds.hpp"

namespace lockstep {

struct ShrunkRun {
  Scenario found;
  Shrunk small;
  std::vector<Threshold> thresholds;
};

/// A saved scenario by its name, or a saved run.
Checked<Scenario> violating_scenario(const std::string& word);
/// Advice for who gave a run that violates nothing: the same under other seeds.
std::string how_to_find_one(const Scenario& scenario, const std::string& word,
                            const VerbContext& context);
/// Is there a property of that name? An empty one will do.
Checked<void> check_property(const std::string& name);

/// Nothing when the Scenario violates nothing, or not that property.
std::optional<ShrunkRun> shrink_run(const Scenario& found, const ShrinkOptions& options);

/// "4 clients, 5 faults and 60 s became 2 clients, 1 fault, 1 operation each and 13 s; ...".
std::string tell(const ShrunkRun& run);
std::string json_of(const ShrunkRun& run);

/// The smallest run with its reports, as any saved run; the one that was found as found.toml; and
/// shrink.json.
std::vector<OutputFile> files_of(const ShrunkRun& run);

}  // namespace lockstep
