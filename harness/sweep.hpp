#pragma once
// A parallel map of run() over seeds, with a strategy that may learn from one run for the next.
// Results do not depend on the number of workers.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/outcome.hpp"
#include "harness/contained.hpp"

namespace lockstep {

/// Gives the Scenario of a seed: must be pure, it is called from several threads.
using ScenarioOf = std::function<Scenario(std::uint64_t seed)>;

class Seeker;
struct SweepResult;

/// What a sweep knows of a run once it is done.
struct RunDone {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  bool overlapping = false;        // a fault met a hold
  bool claimed_violation = false;  // a promise was broken
  bool violation = false;          // a property was violated, promised or not
  std::string failure{};           // a bug ended it
  std::string gave_up{};           // Outcome::gave_up
  std::string diverged{};          // Outcome::diverged
  Stats stats;
  std::vector<Verdict> verdicts;  // without their witnesses
  std::string note{};             // what SweepOptions::note made of it
  Scenario scenario{};            // only where something was violated, failed, or is learned from
  std::vector<std::uint64_t> states{};  // lock_states(), if asked for
};

struct SweepOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t stride = 1;  // from one seed to the next, for a share of them
  std::uint64_t runs = 1000;
  unsigned workers = 0;        // 0: one per core
  bool stop_at_first = false;  // end after the first claimed violation
  /// Ends the sweep once true; asked after each run, in the order of the seeds.
  std::function<bool(const SweepResult&)> enough{};
  /// Whether a run's faults met a hold; by default, whether one was in force during a belief.
  std::function<bool(const Outcome&)> met{};
  Bounds bounds{};                           // of each run; a plug-in's leaves no record
  std::atomic<bool>* interrupted = nullptr;  // set from outside: end soon, keep what is there
  bool count_states = false;                 // SweepResult::states
  /// Called with each whole Outcome, from several threads: what RunDone::note is to be.
  std::function<std::string(const Outcome&)> note{};
  /// Called with each run in the order of the seeds, from one thread at a time.
  std::function<void(const RunDone&)> done{};
  /// Called now and then, from one thread at a time, with what there is so far.
  std::function<void(const SweepResult&)> progress{};
};

/// What became of one property over all runs.
struct PropertyCount {
  std::uint64_t holds = 0;
  std::uint64_t unknown = 0;
  std::uint64_t violated = 0;
  std::uint64_t tried = 0;  // holds up to the first violation of each run: Verdict::tried
  bool claimed = false;     // in at least one run
  std::optional<std::uint64_t> first_seed{};  // the lowest seed that violates it
  // Whether a lock promises a property depends on the run (a calm one, say): of the runs in which
  // it did, those that broke the promise or left it open.
  std::uint64_t broken = 0;
  std::uint64_t open = 0;
  std::optional<std::uint64_t> first_broken_seed{};
};

struct SweepResult {
  std::uint64_t runs = 0;
  std::uint64_t lowest_seed = 0;  // of the runs
  std::uint64_t highest_seed = 0;
  std::uint64_t overlapping_runs = 0;  // a fault met a hold
  std::uint64_t violations = 0;        // runs that broke a promise
  std::uint64_t failures = 0;          // runs ended by a bug
  std::uint64_t given_up = 0;          // runs that used up what they may use
  std::uint64_t diverged = 0;          // runs that were another one the second time
  std::uint64_t states = 0;            // distinct abstract states of the lock and steps, about
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  std::uint64_t holds = 0;
  Duration simulated{};
  std::uint64_t digest = 0;  // of all runs' digests in the order of their seeds
  bool interrupted = false;
  std::vector<std::pair<std::string, PropertyCount>> properties;  // in the checkers' order
  std::optional<std::uint64_t> first_failure_seed{};
  std::string first_failure{};
  std::optional<std::uint64_t> first_given_up_seed{};
  std::string first_given_up{};
  std::optional<std::uint64_t> first_diverged_seed{};
  std::string first_divergence{};
  std::vector<Scenario> kept;  // of the seeds named above, by seed
};

/// The Scenario of a seed that the result names; null for any other.
const Scenario* kept_scenario(const SweepResult& result, std::uint64_t seed);

/// The count of a property; all zero when no run judged it.
PropertyCount count_of(const SweepResult& result, std::string_view property);

SweepResult sweep(const ScenarioOf& scenario_of, const SweepOptions& options);

/// The same with a strategy. Where it learns, what it knows when it makes the Scenario of a run is
/// a function of the run's place alone: the outcome of all runs but the last eighth (4 at least),
/// which may still be under way.
SweepResult sweep(Seeker& seeker, bool learns, const SweepOptions& options);

}  // namespace lockstep
