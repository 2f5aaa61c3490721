#pragma once
// The loop that most workloads share: think, acquire, do something under the lock, release.

#include "workloads/session.hpp"

namespace lockstep {

/// What a client does between the grant and the release.
using Section = Task<void> (*)(Session& session, Hold hold);

/// Takes turns on "lock-1" until the run is finishing or the workload's `operations` are done. A
/// client that does not get the lock thinks again.
Task<void> take_turns(Session& session, Section section);

/// Spends the workload's work time, as this client draws it.
Task<void> work(Session& session);

}  // namespace lockstep
