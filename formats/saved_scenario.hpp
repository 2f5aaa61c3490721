#pragma once
// Scenarios with a story: a bug that somebody met, as a scenario that shows it and as the same
// scenario with what would have prevented it (the files in scenarios/).

#include <string>
#include <string_view>
#include <vector>

#include "formats/scenario_toml.hpp"

namespace lockstep {

/// The table [about] of such a file, with the `why` of its table [fixed].
struct ScenarioAbout {
  std::string title;                  // "The write after the pause"
  std::string bug;                    // its number in lock-algorithms.md, section D or F: "H01"
  std::string source;                 // the report, paper or issue
  std::string story;                  // what happens, in a few sentences
  std::vector<std::string> violates;  // names of the properties that the run must violate
  std::vector<std::string> prevents;  // those of them that its sibling does not; all, if not said
  std::string fix;                    // what prevents them
};

struct SavedScenario {
  ScenarioAbout about;
  ScenarioFile broken;
  /// The same with the values of [fixed] in place of its own; lists are replaced as a whole.
  ScenarioFile fixed;
};

/// Fails like read_scenario, and when [about] or [fixed] is absent or incomplete.
FileResult<SavedScenario> read_saved_scenario(std::string_view text);

}  // namespace lockstep
