#pragma once
// The one idea: a run is a pure function of a Scenario.

#include <optional>
#include <string>
#include <vector>

#include "core/outcome.hpp"
#include "core/result.hpp"

namespace lockstep {

struct Backend;
struct Workload;

/// From an instant on, all that is drawn is drawn as under another seed.
struct Reseed {
  WorldTime at{};
  std::uint64_t seed = 0;
};

struct RunOptions {
  bool trace = false;      // keep every step with its cause, for explaining and drawing
  bool judge = true;       // judge the properties
  std::string property{};  // judge this one alone; empty: all
  /// Gives up after so many events: what was not violated by then is unknown. 0: never.
  std::uint64_t event_limit = 0;
  std::optional<Reseed> reseed{};  // another future of the same past
};

/// Runs a Scenario and judges it. The same Scenario gives the same Outcome, byte for byte, traced
/// or not. A bug in a lock (an exception) ends the run early and is told in Outcome::failure, and
/// then no property is said to hold; nor is one when the run gave up (Outcome::gave_up). Needs a
/// Scenario that `problems_of` finds nothing wrong with.
Outcome run(const Scenario& scenario, const RunOptions& options = {});

/// What is wrong with a Scenario.
struct Problem {
  std::string where;  // "lock", "lock_settings.lease", "faults[2].targets[0]"
  std::string what;   // one sentence, with the nearest known name where that helps
};
std::vector<Problem> problems_of(const Scenario& scenario);

/// Puts the defaults of the lock's and the workload's parameters wherever nothing is set.
/// Needs known names.
void fill_defaults(Scenario& scenario);

/// The names of the nodes of a run: "client-1", "redis-1", "resource".
struct NodeNames {
  std::vector<std::string> clients;
  std::vector<std::string> servers;
  std::vector<std::string> resources;
};
NodeNames node_names(const Scenario& scenario);

}  // namespace lockstep
