#pragma once
// The loops that workloads share: think, acquire, do something under the lock, release.

#include "workloads/session.hpp"

namespace lockstep {

/// What a client does between the grant and the release.
using Section = Task<void> (*)(Session& session, Hold hold);

/// Takes turns on "lock-1" until the run is finishing or the workload's `operations` are done. A
/// client that does not get the lock thinks again.
Task<void> take_turns(Session& session, Section section);

/// What a client does from the first acquire to the last release.
using Turn = Task<void> (*)(Session& session);

/// The same loop for workloads that take several locks, or other ones each time.
Task<void> repeat(Session& session, Turn turn);

/// Spends the workload's work time, as this client draws it.
Task<void> work(Session& session);

}  // namespace lockstep
