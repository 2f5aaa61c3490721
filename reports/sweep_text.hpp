#pragma once
// Many runs summed up on a terminal.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "core/verdict.hpp"

namespace lockstep::reports {

/// What became of one property over all runs of a sweep.
struct SweepProperty {
  std::string property;
  bool claimed = true;
  std::uint64_t holds = 0;
  std::uint64_t unknown = 0;
  std::uint64_t violated = 0;
  std::optional<std::uint64_t> first_seed{};  // the smallest seed that violated it
  std::string odds{};  // how often, and how sure: "1.2 % (0.98 to 1.5 %)"; empty: not known
};

struct SweepSummary {
  std::string what;  // "redis-setpx counter, RP0, 3 clients"
  std::uint64_t first_seed = 0;
  std::uint64_t last_seed = 0;
  std::uint64_t runs = 0;              // completed
  std::uint64_t earlier = 0;           // of these, runs that a campaign's file held already
  std::uint64_t failures = 0;          // ended early by a bug
  std::uint64_t given_up = 0;          // used up what they may use
  std::uint64_t diverged = 0;          // were another run the second time
  std::uint64_t overlapping_runs = 0;  // runs in which a fault met a hold
  bool with_faults = false;
  std::string untested{};  // why the runs say nothing of what they did not violate; empty: they do
  bool interrupted = false;
  Duration simulated{};  // all runs together
  Duration wall{};
  std::vector<SweepProperty> properties;
  std::string first_failure{};  // "seed 7: what happened"; and so the others
  std::string first_given_up{};
  std::string first_divergence{};
};

/// What all runs together say of a property.
Status status_of(const SweepProperty& property, const SweepSummary& sweep);

/// Runs in a second of wall time, those of earlier left out; 0 when no time has passed.
std::uint64_t runs_per_second(const SweepSummary& sweep);

/// "seeds 1 to 200".
std::string seeds_told(const SweepSummary& sweep);

/// Why the counts say less than they seem to; a sentence each.
std::vector<std::string> doubts(const SweepSummary& sweep);

/// `see`: what to type to see one of the violations; may be empty.
std::string tell(const SweepSummary& sweep, bool colour, const std::string& see = {});

}  // namespace lockstep::reports
