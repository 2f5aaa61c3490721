#pragma once
// A server of the lock service: a member of its group, and the leader's watch over the sessions.

#include "core/env.hpp"
#include "core/lock.hpp"

namespace lockstep::raft::service {

/// Runs one server. Its settings: "session", "mistake", "tick", and those of a member.
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::raft::service
