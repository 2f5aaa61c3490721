#pragma once
// A Consul server: a member of its group, the leader's session timers and lock delays, and blocking
// queries.

#include "core/env.hpp"
#include "core/lock.hpp"

namespace lockstep::consul {

/// Runs one server. Its settings: "session", "tick", and those of a member.
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::consul
