#pragma once
// When a violation became inevitable: the same past with other futures, and how many of those end
// in the violation too (multilevel splitting, by running the past again).

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/scenario.hpp"
#include "harness/odds.hpp"

namespace lockstep {

struct NoReturnOptions {
  std::uint64_t futures = 60;  // of each instant
  std::size_t instants = 24;   // that are tried at first, and again around the jump
  unsigned workers = 0;        // 0: one per core
  std::atomic<bool>* interrupted = nullptr;
};

/// Just after something happened: in how many futures the property is violated.
struct Chance {
  WorldTime at{};
  std::string event;  // "client-1 paused for 12 s"; "the run begins"
  Odds odds;
};

struct NoReturn {
  std::string property;
  WorldTime violated_at{};
  std::vector<Chance> chances;  // in the order of time; the last is the violation itself
  /// Index of the chance that rose most over the one before it; 0: none rose, for the plan of
  /// faults had made it certain.
  std::size_t jump = 0;
  bool interrupted = false;
};

/// Nothing when the Scenario does not violate the property (empty: that of the first violation).
/// The faults stay as planned; all else that is drawn is drawn anew.
std::optional<NoReturn> point_of_no_return(const Scenario& scenario, const std::string& property,
                                           const NoReturnOptions& options = {});

}  // namespace lockstep
