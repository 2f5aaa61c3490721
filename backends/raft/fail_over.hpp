#pragma once
// How a replicated group's leader is deposed.

#include "core/random.hpp"
#include "core/scenario.hpp"

namespace lockstep::raft {

/// Backend::fail_over of all locks on a replicated group, whose first server leads at the start: it
/// dies, stops for longer than an election takes, or is cut off from the other members, with all
/// clients, some or none of them on its side.
void fail_over(Scenario& scenario, Random& random);

}  // namespace lockstep::raft
