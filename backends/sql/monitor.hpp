#pragma once
// Who decides which server is primary: one node that promotes the standby when the primary has
// been silent for too long, as pg_auto_failover's monitor does. Servers ask it when they start, so
// one that was deposed comes back as a standby.

#include "core/env.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

/// Runs the monitor; all servers but the last of the list, itself, are its charges.
Task<void> serve_monitor(Env& env, ServerOptions options);

/// The place in the list of the server that is primary, from the monitor, however long that takes.
Task<std::size_t> ask_monitor(Env& env, NodeId monitor, Duration pause);

}  // namespace lockstep::sql
