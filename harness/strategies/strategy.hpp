#pragma once
// What a search strategy is, and the table of contents of this folder.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/scenario.hpp"
#include "harness/draw.hpp"

namespace lockstep {

/// What a strategy learns from one run.
struct Feedback {
  const Scenario& scenario;                  // what was run
  const std::vector<std::uint64_t>& states;  // lock_states() of it; empty unless it learns
  bool violated = false;                     // a promise was broken
};

/// A strategy at work on one lock: a deterministic source of Scenarios.
class Seeker {
 public:
  virtual ~Seeker() = default;
  /// The Scenario of a seed: a function of the options, the seed and what was learned so far.
  /// Called from several threads at once where the strategy does not learn.
  virtual Scenario next(std::uint64_t seed) = 0;
  /// Called once for each run, in the order of the seeds.
  virtual void learn(const Feedback&) {}
};

/// A way to search for violations.
struct Strategy {
  std::string_view name;     // as typed on the command line: "swarm"
  std::string_view summary;  // one line, for `lockstep list`
  /// Whether later Scenarios depend on what came of earlier ones. Then the Scenario of a seed is
  /// not a function of the seed alone, and a sweep must begin at its first seed.
  bool learns = false;
  std::unique_ptr<Seeker> (*begin)(const DrawOptions& options) = nullptr;
};

// The table of contents: one line per strategy, in the order in which `lockstep list` shows them.
#define LOCKSTEP_STRATEGIES(X) \
  X(swarm)                     \
  X(random)                    \
  X(targeted)                  \
  X(guided)

namespace strategies {
#define LOCKSTEP_DECLARE(name) Strategy name();
LOCKSTEP_STRATEGIES(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE
}  // namespace strategies

const std::vector<Strategy>& all_strategies();
/// Null when there is none of that name.
const Strategy* find_strategy(std::string_view name);

}  // namespace lockstep
