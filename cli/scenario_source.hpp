#pragma once
// From what was typed, or saved, to a Scenario that can be run.

#include <string>
#include <vector>

#include "cli/complaint.hpp"
#include "cli/requests.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/contained.hpp"
#include "harness/draw.hpp"

namespace lockstep {

/// What run and sweep draw their scenarios from. Its base is checked, with all defaults filled in,
/// and its faults are known.
Checked<DrawOptions> drawing(const ScenarioRequest& request);

/// The same for a lock with settings of its own, such as "redlock:lease=3s,resource=RP2".
ScenarioRequest side_of(const ScenarioRequest& common, const std::string& word);

/// A length of time that a flag was given: more than nothing.
Checked<Duration> length_of_time(const std::string& flag, const std::string& text);

/// The words of a command line that ask for the same, plug-ins and all, without --seed if so
/// wished: " redis-setpx --clients 3".
std::string words_of(const ScenarioRequest& request, bool with_seed);

/// The command line of `lockstep run` that asks for the same, without --seed if so wished.
std::string command_of(const ScenarioRequest& request, bool with_seed);

/// " --plugin ./libmine.so", for a command line that needs the same plug-ins; may be empty.
std::string plug_in_flags(const std::vector<std::string>& plugins);

/// What a run may use, as the flags have it.
Bounds bounds_of(const ScenarioRequest& request);

/// What was read from a file, checked against the tables and with all defaults filled in; errors
/// point into its content.
Checked<Scenario> checked_scenario(const std::string& path, std::string_view content,
                                   const ScenarioFile& file);
/// The same for a file that is still to be read.
Checked<Scenario> load_scenario(const std::string& path);
/// The same of a text that stands elsewhere; `name` says where, for messages.
Checked<Scenario> scenario_in(const std::string& text, const std::string& name);

/// A saved run: a folder with scenario.toml, or such a file itself.
struct SavedRun {
  std::string folder;  // "" for a file in the current folder
  std::string scenario_path;
  Scenario scenario;
};
Checked<SavedRun> load_run(const std::string& run);

}  // namespace lockstep
