#pragma once
// A transaction-pooling proxy like pgbouncer: clients share sessions of the server, and one of
// them belongs to a client from the first statement of a transaction to its last.

#include "core/env.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

/// Parameters: pool_size, server_round_robin.
std::vector<Parameter> pooler_parameters();

/// Runs the proxy in front of the deployment's other nodes. What a session keeps beyond a
/// transaction (locks, settings) stays with it, whoever gets it next.
Task<void> serve_pooler(Env& env, ServerOptions options);

}  // namespace lockstep::sql
