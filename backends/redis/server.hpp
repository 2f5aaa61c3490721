#pragma once
// A simulated Redis server: the database behind a network, on its machine's wall clock and disk.

#include <vector>

#include "core/lock.hpp"

namespace lockstep::redis {

/// What a server can be set to; every lock on Redis appends these to its own parameters.
std::vector<Parameter> server_parameters();

/// Runs a server, or a Sentinel where the deployment has one: accepts connections, executes
/// commands one at a time, expires keys, and tells every change of a key as a KeyChange note.
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::redis
