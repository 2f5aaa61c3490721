#pragma once
// The monitor of permits that nobody owns: a mutex without owners, a counting semaphore.

#include "checker/monitors/monitor.hpp"

namespace lockstep {

/// Exact in O(n log n) for any number of indeterminate operations; owners are not looked at. The
/// state is a number, and so a function of the set of operations that took effect. Hence nothing
/// need take effect before an operation returns that cannot do without it; and then the operation
/// of the other kind that returns first will do, since those of a kind differ in nothing else.
Monitored monitor_permits(std::span<const LockInterval> intervals, std::uint32_t permits,
                          const MonitorTerms& terms);

}  // namespace lockstep
