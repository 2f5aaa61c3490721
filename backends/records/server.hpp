#pragma once
// A service that keeps records, as its clients see it: one linearizable node that is there, or away
// for a while when its leader is gone. How it replicates is not modelled; it loses nothing.

#include <vector>

#include "core/lock.hpp"
#include "core/random.hpp"
#include "core/scenario.hpp"

namespace lockstep::records {

/// What every lock on such a store appends to its own parameters.
std::vector<Parameter> server_parameters();

/// Runs the service: executes requests one at a time and tells every change as a KeyChange note.
/// After its leader died it answers 503 for the time that "failover_time" says.
Task<void> serve(Env& env, ServerOptions options);

/// Backend::fail_over: the leader dies under a long hold, and its successor lets everybody wait for
/// about a lease.
void fail_over(Scenario& scenario, Random& random);

}  // namespace lockstep::records
