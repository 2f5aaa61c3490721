#pragma once
// Tasks that do not know of each other, done by several threads.

#include <cstddef>
#include <functional>

namespace lockstep {

/// Runs the task for every number below `count`, each once. `workers`: so many threads; 0: one per
/// core. Ends when all have ended.
void spread(unsigned workers, std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace lockstep
