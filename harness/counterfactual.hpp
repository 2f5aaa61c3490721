#pragma once
// What would have prevented a violation: the same run again, each time with one thing changed.

#include <string>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep {

/// A scenario to run in place of an outcome's own.
struct Alternative {
  std::string change;  // as in Counterfactual
  Scenario scenario;
};

/// What may be tried for this outcome: to leave out a fault, all faults, and to let the resource
/// check tokens where the lock gives some. None when nothing was violated.
std::vector<Alternative> alternatives(const Outcome& outcome);

/// Runs each, and says how it differs.
std::vector<Counterfactual> try_out(const Outcome& outcome,
                                    const std::vector<Alternative>& alternatives);

}  // namespace lockstep
