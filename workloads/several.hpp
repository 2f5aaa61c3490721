#pragma once
// How a client comes to hold several locks at once: in one order for all, in the order in which it
// wants them, or by trying and backing off.

#include <string>
#include <vector>

#include "workloads/session.hpp"

namespace lockstep {

/// The parameters "order", "backoff" and "jitter".
std::vector<Parameter> order_parameters();

/// Takes all of `locks`, in the order that the workload's setting "order" says:
///   ordered    by name, so that no two clients can wait for each other
///   unordered  as given: clients that want the same locks in other orders deadlock (ABBA)
///   trylock    as given; when one but the first is held, lets go of all, pauses and fails
/// When one can't be had in time those that were got are given back. Gives the holds in the order
/// of `locks`.
Task<Result<std::vector<Hold>>> acquire_all(Session& session, std::vector<std::string> locks);

/// Gives them back, the last one first.
Task<void> release_all(Session& session, std::vector<Hold> holds);

}  // namespace lockstep
