#pragma once
// What a run did not test, so that silence is not taken for safety.

#include <string>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep::reports {

/// One sentence for each reason to doubt a run in which nothing went wrong.
std::vector<std::string> warnings(const Outcome& outcome);

}  // namespace lockstep::reports
