#pragma once
// Monitors: exact judgements of locks that need no search over orders while nothing is
// indeterminate. One file each; this is what they share.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/lock_input.hpp"
#include "checker/search.hpp"
#include "core/verdict.hpp"

namespace lockstep {

using LockInterval = Interval<LockInput>;

/// What a monitor found. It never guesses: unknown where it does not apply or ran out of steps.
struct Monitored {
  Status status = Status::unknown;
  /// holds, and if it was asked for: a linearization, as indices of the intervals.
  std::vector<std::size_t> order{};
  /// violated: the intervals that met where no more was possible; what blames them is the
  /// monitor's.
  std::vector<std::size_t> conflict{};
  /// violated: the place of the return at which that came out.
  std::uint64_t place = 0;
  bool first_place = false;  // no earlier return shows it
  std::uint64_t steps = 0;
};

/// What is asked of a monitor.
struct MonitorTerms {
  std::uint64_t steps = 20'000'000;
  bool witness = true;
};

/// Calls and returns in the order of their places. An event is the index of its interval times
/// two, plus one for the return. Intervals that never return have none.
std::vector<std::uint32_t> events_in_order(std::span<const LockInterval> intervals);

/// True when no owner begins anything while a definite operation of its own is open. What owners
/// do then has one order, and the theorem of minimal holds applies.
bool owners_are_sequential(std::span<const LockInterval> intervals, std::uint32_t owners);

/// One more than the largest owner.
std::uint32_t count_owners(std::span<const LockInterval> intervals);

}  // namespace lockstep
