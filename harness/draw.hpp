#pragma once
// Draws explicit Scenarios from a seed: swarm testing, where each seed picks its own subset of
// faults, rates, network and think times (Groce et al., "Swarm Testing", ISSTA 2012).

#include <functional>
#include <string>
#include <vector>

#include "core/scenario.hpp"
#include "nemesis/fault_kind.hpp"

namespace lockstep {

struct DrawOptions {
  Scenario base;                    // what every drawn Scenario has in common
  std::vector<std::string> faults;  // kinds that may strike; empty: none
  bool swarm = true;                // each seed leaves some of the kinds out and varies the rest
  bool aim = true;                  // some faults wait for a step of the protocol
  /// About one fault in so much time, on average; a run with faults has at least one. 0: in one and
  /// a half leases.
  Duration fault_every = 15s;
  /// Gives each seed a base of its own instead; must be pure. Then nothing but faults is drawn.
  std::function<Scenario(std::uint64_t seed)> base_of{};
};

/// What a seed's Scenario is before any fault: the base, varied if so asked.
Scenario calm_scenario(const DrawOptions& options, std::uint64_t seed);
/// The nodes that the faults of a Scenario may strike.
Cluster cluster_of(const Scenario& scenario);

/// The Scenario of one seed: a pure function of (options, seed), every fault written out. Needs a
/// base that problems_of finds nothing wrong with, and known fault kinds.
Scenario draw(const DrawOptions& options, std::uint64_t seed);

}  // namespace lockstep
