#pragma once
// A parallel map of run() over seeds. Results do not depend on the number of workers.

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

namespace lockstep {

/// Gives the Scenario of a seed: must be pure, it is called from several threads.
using ScenarioOf = std::function<Scenario(std::uint64_t seed)>;

struct SweepResult;

struct SweepOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 1000;
  unsigned workers = 0;        // 0: one per core
  bool stop_at_first = false;  // end after the first claimed violation
  /// Ends the sweep once true; asked after each run, in the order of the seeds.
  std::function<bool(const SweepResult&)> enough{};
  /// Whether a run's faults met a hold; by default, whether one was in force during a belief.
  std::function<bool(const Outcome&)> met{};
  std::atomic<bool>* interrupted = nullptr;  // set from outside: end soon, keep what is there
  /// Called now and then, from one thread at a time, with the number of runs done so far and of
  /// violations of claimed properties among them.
  std::function<void(std::uint64_t done, std::uint64_t violations)> progress{};
};

/// What became of one property over all runs.
struct PropertyCount {
  std::uint64_t holds = 0;
  std::uint64_t unknown = 0;
  std::uint64_t violated = 0;
  bool claimed = false;                       // in at least one run
  std::optional<std::uint64_t> first_seed{};  // the lowest seed that violates it
  // Whether a lock promises a property depends on the run (a calm one, say): of the runs in which
  // it did, those that broke the promise or left it open.
  std::uint64_t broken = 0;
  std::uint64_t open = 0;
  std::optional<std::uint64_t> first_broken_seed{};
};

struct SweepResult {
  std::uint64_t runs = 0;
  std::uint64_t overlapping_runs = 0;  // a fault met a hold
  std::uint64_t failures = 0;          // runs ended by a bug
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  std::uint64_t holds = 0;
  Duration simulated{};
  std::uint64_t digest = 0;  // of all runs' digests in the order of their seeds
  bool interrupted = false;
  std::vector<std::pair<std::string, PropertyCount>> properties;  // in the checkers' order
  std::optional<std::uint64_t> first_failure_seed{};
  std::string first_failure{};
};

/// The count of a property; all zero when no run judged it.
PropertyCount count_of(const SweepResult& result, std::string_view property);

SweepResult sweep(const ScenarioOf& scenario_of, const SweepOptions& options);

}  // namespace lockstep
