#pragma once
// outcome.json: everything that a program needs to know about a run (docs/outcome.schema.json).

#include <cstdint>
#include <optional>
#include <string>

#include "core/outcome.hpp"

namespace lockstep::reports {

constexpr std::int64_t outcome_schema_version = 1;

/// Ends with a newline. `wall` is how long the run took, where the caller has measured it: it is
/// all that may differ between two runs of one scenario.
std::string outcome_json(const Outcome& outcome, std::optional<Duration> wall);

}  // namespace lockstep::reports
