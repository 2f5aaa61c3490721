#pragma once
// The monitor of locks whose holders have names: mutexes (reentrant, fenced), semaphores whose
// permits are their owners', readers and writers.

#include "checker/monitors/monitor.hpp"

namespace lockstep {

/// Which holds exclude each other.
struct HoldRules {
  std::uint32_t permits = 1;  // so many may be held at once
  std::uint32_t depth = 1;    // so often by one owner
  /// An owner that holds several times takes one permit (reentrant), not as many.
  bool reentrant = false;
  bool readers = false;  // LockInput::shared holds exclude only those that are not
  bool fenced = false;   // tokens rise in the order of the acquires
};

/// Exact, in O(n) while nothing is indeterminate. Unknown where an owner does two things at once,
/// where only a search tells whether readers or a hold within a hold could have given way, and
/// when out of steps.
///
/// Shortening a hold hurts nobody (the theorem of minimal holds), so an acquire takes effect at
/// its return and a release at its call. An owner's indeterminate operations are of use in two
/// ways alone: to repair what its own operations lack (a release between two acquires, an acquire
/// before a second release), and to end its hold before another needs the lock. The second is a
/// choice, made only when a return cannot be explained without it. An owner who lacks the
/// operations to pay for it later on cannot be chosen. What choices led nowhere is taken back by
/// conflict-directed backjumping (Prosser, 1993).
Monitored monitor_holds(std::span<const LockInterval> intervals, const HoldRules& rules,
                        const MonitorTerms& terms);

}  // namespace lockstep
