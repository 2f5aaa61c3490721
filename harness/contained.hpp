#pragma once
// Runs code that we do not trust in a process of its own, so that whatever it does ends with its
// run (docs/decisions/0021-runs-of-plug-ins-are-processes.md).

#include <cstdint>

#include "core/outcome.hpp"
#include "harness/run.hpp"

namespace lockstep {

/// What a run of a plug-in may use. Its run is made twice, and these hold for both together, but
/// for `events`, which holds for each.
struct Bounds {
  std::uint64_t events = 0;  // 0: default_events where a plug-in is needed, else without end
  Duration processor = 20s;  // whole seconds, at least one
  Duration patience = 120s;  // of true time, for code that sleeps or blocks
  std::uint64_t memory = std::uint64_t{2} << 30;  // bytes, beyond what the program has
};

constexpr std::uint64_t default_events = 5'000'000;

/// Runs the Scenario twice in a child process and gives what the first run was, without record,
/// trace and checkpoints. Outcome::diverged says whether the second was another run. When the
/// child did not live to tell, there are no verdicts: Outcome::failure says that it crashed,
/// Outcome::gave_up that it ran out of time. May be called from several threads.
/// `options` are those of both, but for trace and event_limit; a reseeded run is made once.
Outcome contained_run(const Scenario& scenario, const Bounds& bounds = {},
                      const RunOptions& options = {});

/// run(), or contained_run() where the Scenario needs a plug-in: for whom the verdicts are enough.
Outcome run_by_origin(const Scenario& scenario, const Bounds& bounds = {},
                      const RunOptions& options = {});

/// The same for who needs the record, too: what a plug-in does is run here once it has lived
/// through a contained_run(). Outcome::diverged says whether the two were the same.
Outcome watched_run(const Scenario& scenario, const RunOptions& options = {},
                    const Bounds& bounds = {});

}  // namespace lockstep
