#pragma once
// What the faults that stop a node share: whom they strike, when, and how it comes back.

#include <string>
#include <vector>

#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// A fault of `kind` on one node out of `among`, some time in [0, within).
Fault draw_node_fault(std::string_view kind, Random& random, const std::vector<std::string>& among,
                      Duration within);

/// Starts each node again that is down.
Undo start_again(const std::vector<sim::Node*>& targets);

}  // namespace lockstep
