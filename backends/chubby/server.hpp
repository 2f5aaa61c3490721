#pragma once
// A server of a Chubby cell: a member of its group, and, while it is the master, session leases,
// blocking KeepAlives, lock delays, and who keeps which file in its cache (Burrows, OSDI 2006).

#include "core/env.hpp"
#include "core/lock.hpp"

namespace lockstep::chubby {

/// Runs one server. Its settings: "session", "delays", "lock_delay", "tick", "invalidates", and
/// those of a member.
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::chubby
