#pragma once
// A server of a ZooKeeper ensemble: any of them serves clients, reads from its own state and sends
// writes through the leader.

#include <vector>

#include "core/lock.hpp"

namespace lockstep::zookeeper {

/// What every lock on ZooKeeper appends to its own parameters: those of the ensemble.
std::vector<Parameter> server_parameters();
/// "zookeeper-1" and so on.
std::vector<std::string> server_names(const Settings& settings);
/// Where the settings say nothing, a fifth of the session: kazoo's 10 s on ticks of 2 s.
Duration tick_of(const Settings& settings);

/// Runs a server and tells every change of a line of ephemeral nodes as a KeyChange note whose key
/// is their parent's path, and that of a value in /resources under "resource:<name>".
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::zookeeper
