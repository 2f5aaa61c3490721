#pragma once
// What would have to be different for a violation not to happen: each number of a small Scenario,
// bisected to where it no longer breaks.

#include <string>
#include <vector>

#include "core/scenario.hpp"

namespace lockstep {

struct Threshold {
  std::string property;   // that is no longer violated
  std::string parameter;  // "faults[0].lasts", "lock_settings.lease", "resource"
  std::string side;       // it vanishes "under" the value, "from" it on, or when it "is" the value
  std::string value;      // to three digits: "9.98 s", "4.2 %", "RP2"
  std::string text;       // "the pause is under 9.98 s"
};

/// Those of a Scenario that violates the property (none of any other), under its own seed, all else
/// equal: the lengths and amounts of its faults, the lock's lease, the length of the work, and what
/// the resource checks. Where the property is about beliefs, the resource is asked about the harm
/// they did. The value told holds, and so did all that were tried on its side of a bisection: a
/// number beyond which the violation comes and goes has no threshold.
std::vector<Threshold> thresholds_of(const Scenario& scenario, const std::string& property);

/// "12.4 s", "4.2 %" or "3": a fault's amount in its unit.
std::string told_amount(const std::string& kind, std::int64_t amount);

}  // namespace lockstep
