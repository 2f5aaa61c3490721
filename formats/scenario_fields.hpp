#pragma once
// The one table of what stands in a scenario file: the reader, the writer and the schema follow it.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/scenario.hpp"

namespace lockstep {

/// One key of a table of the file, and where its value lives in `Owner`. Lengths of time are text
/// with a unit; seeds beyond 63 bits are text, too.
template <class Owner>
struct ScenarioField {
  using Member = std::variant<std::string Owner::*, std::vector<std::string> Owner::*,
                              std::int64_t Owner::*, std::uint64_t Owner::*, std::uint32_t Owner::*,
                              Duration Owner::*, WorldTime Owner::*, ResourcePolicy Owner::*>;
  std::string_view name;
  std::string_view meaning;
  Member member;
  std::int64_t least = 0;  // of numbers, and of lengths in nanoseconds
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// The top of the file.
const std::vector<ScenarioField<Scenario>>& scenario_fields();
/// The table [network].
const std::vector<ScenarioField<NetworkProfile>>& network_fields();
/// Each table [[faults]] holds these, and either `at` or the keys of step_fields().
const std::vector<ScenarioField<Fault>>& fault_fields();
const std::vector<ScenarioField<Trigger>>& time_fields();
const std::vector<ScenarioField<Trigger>>& step_fields();

/// The keys of the file that are tables of their own, with their meanings.
struct ScenarioSection {
  std::string_view name;
  std::string_view meaning;
};
const std::vector<ScenarioSection>& scenario_sections();

constexpr std::int64_t scenario_schema_version = 1;

/// docs/scenario.schema.json: the JSON Schema of the same structure, for editors.
std::string scenario_schema();

}  // namespace lockstep
