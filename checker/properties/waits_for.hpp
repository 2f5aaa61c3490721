#pragma once
// Who waits for whom: cycles among clients that each hold a lock another one wants.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lockstep {

/// A process that waits, and the process that has what it waits for.
using WaitsFor = std::pair<std::int64_t, std::int64_t>;

/// The processes of one cycle, each waiting for the next and the last for the first; a process
/// that waits for itself is a cycle of one. Empty when there is none. The same cycle for the same
/// edges: the one through the smallest process that is on any, and from there the smallest next.
std::vector<std::int64_t> find_cycle(std::span<const WaitsFor> edges);

}  // namespace lockstep
