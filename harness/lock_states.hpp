#pragma once
// Which abstract states a run's lock went through: the coverage that strategies learn from.

#include <cstdint>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep {

/// Hashes of the abstract states that a run reached and of the steps between them, sorted, each
/// once. A state says of each client, whichever it is, what it is doing (idle, asking, holding,
/// releasing), whether it believes, whether the service agrees, whether it runs; and of the servers
/// how many are down. Times, names, values and the seed do not matter.
std::vector<std::uint64_t> lock_states(const Outcome& outcome);

}  // namespace lockstep
