#pragma once
// The scenarios that the program carries with it: famous bugs, each with its fixed sibling.

#include <string>
#include <string_view>
#include <vector>

#include "core/scenario.hpp"
#include "formats/saved_scenario.hpp"

namespace lockstep {

/// "write-after-pause", and "write-after-pause-fixed", its sibling.
struct NamedScenario {
  std::string name;
  bool fixed = false;
  ScenarioAbout about;
  Scenario scenario;  // checked, with all defaults filled in
};

/// All of them, by name, each followed by its sibling. Throws std::runtime_error, which says where,
/// when a file that was built in is not as it should be.
const std::vector<NamedScenario>& named_scenarios();
/// Null when there is none of that name.
const NamedScenario* find_named_scenario(std::string_view name);

}  // namespace lockstep
