#pragma once
// How many runs and how much processor time each strategy needs to find each known bug.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/draw.hpp"

namespace lockstep {

/// A known bug, and where strategies look for it.
struct KnownBug {
  std::string name;                     // of the lock, or of a saved scenario
  std::string faults;                   // codes of fault classes, for people; may be empty
  DrawOptions options;                  // what happens when no fault strikes, and which faults may
  std::vector<std::string> properties;  // the violation of any of these is the bug
};

/// One per lock that some fault class is known to break (V, v, b or L in verdicts/*.toml): each
/// seed sets the stage for one of these classes, with settings that make it matter, and leaves the
/// faults to the strategy. With `each_cell`, one per lock and class.
std::vector<KnownBug> known_bugs(const std::vector<std::string>& locks, bool each_cell);

/// The bug of a Scenario that violates `properties`, without its faults.
KnownBug known_bug(std::string name, const Scenario& scenario, std::vector<std::string> properties);

struct ScoreOptions {
  std::vector<std::string> strategies;
  std::uint64_t repetitions = 20;    // each with seeds of its own
  std::uint64_t most_runs = 20'000;  // then a search gives up,
  Duration most_cpu = 10s;           // or after this much processor time
  unsigned workers = 0;              // searches at once, each in one thread
  std::atomic<bool>* interrupted = nullptr;
};

/// What one strategy needed for one bug, over all repetitions. A search that gave up counts with
/// what it spent.
struct Score {
  std::string strategy;
  std::uint64_t searches = 0;
  std::uint64_t found = 0;
  std::uint64_t median_runs = 0;
  std::uint64_t worst_runs = 0;
  Duration median_cpu{};
  Duration worst_cpu{};
  std::string failure{};  // a bug of ours that a run ended in
};

struct ScoreLine {
  KnownBug bug;
  std::vector<Score> scores;  // in the order of ScoreOptions::strategies
};

/// Measures one bug after the other and hands each over as it is done.
std::vector<ScoreLine> measure_scoreboard(const std::vector<KnownBug>& bugs,
                                          const ScoreOptions& options,
                                          const std::function<void(const ScoreLine&)>& done);

/// A strategy over all bugs.
struct Standing {
  std::string strategy;
  std::uint64_t bugs = 0;
  std::uint64_t always_found = 0;  // in every repetition
  std::uint64_t median_runs = 0;   // of the bugs' medians
  std::uint64_t worst_runs = 0;
  Duration median_cpu{};  // of the bugs' medians
  Duration worst_median_cpu{};
  Duration worst_cpu{};
  /// How many times more runs `random` needs, in tenths: the median over all bugs, and over those
  /// for which it needs ten runs or more. 0: `random` was not measured.
  std::uint64_t times_fewer_tenths = 0;
  std::uint64_t times_fewer_hard_tenths = 0;
  std::uint64_t hard_bugs = 0;
};
std::vector<Standing> standings(const std::vector<ScoreLine>& lines);

}  // namespace lockstep
