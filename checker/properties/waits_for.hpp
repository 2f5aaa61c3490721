#pragma once
// Who waits for whom: cycles among clients that each hold a lock another one wants.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checker/properties/story.hpp"

namespace lockstep {

/// A process that waits, and the process that has what it waits for.
using WaitsFor = std::pair<std::int64_t, std::int64_t>;

/// The processes of one cycle, each waiting for the next and the last for the first; a process
/// that waits for itself is a cycle of one. Empty when there is none. The same cycle for the same
/// edges: the one through the smallest process that is on any, and from there the smallest next.
std::vector<std::int64_t> find_cycle(std::span<const WaitsFor> edges);

/// One step of a cycle: who waits for which lock, and who has it.
struct CycleStep {
  std::int64_t waiter = 0;
  std::int64_t holder = 0;
  std::string lock;
};

/// "client-1 waits for lock-2, which client-2 holds; client-2 waits for ...".
std::string tell_cycle(const Story& story, std::span<const CycleStep> steps);

}  // namespace lockstep
