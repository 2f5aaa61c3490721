#pragma once
// A leader that is deposed together with a client.

#include "core/random.hpp"
#include "core/scenario.hpp"

namespace lockstep::raft {

/// Backend::fail_over of locks whose clients rely on what they are told: the first server and one
/// client, which works for longer than its lease, are cut off from all others for longer than that.
void fail_over_with_client(Scenario& scenario, Random& random);

}  // namespace lockstep::raft
