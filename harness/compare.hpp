#pragma once
// Two configurations on the same seeds: what differs is not the luck (common random numbers).

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "harness/contained.hpp"
#include "harness/odds.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

struct CompareOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 1000;
  unsigned workers = 0;  // 0: one per core
  Bounds bounds{};       // of each run
  std::atomic<bool>* interrupted = nullptr;
};

/// What became of a property under one of the two.
struct SideCount {
  std::uint64_t judged = 0;   // runs with a verdict, unknown ones too; 0: it does not apply there
  std::uint64_t decided = 0;  // runs in which it holds or is violated
  std::uint64_t violated = 0;
};

struct ComparedProperty {
  std::string name;
  SideCount a;
  SideCount b;
  Pairs pairs;  // of the seeds on which both sides are decided, and of no others

  bool one_sided() const { return (a.judged == 0) != (b.judged == 0); }
};

/// Runs that did not end as they should, of either side.
struct OddRuns {
  std::uint64_t count = 0;
  std::uint64_t seed = 0;  // the lowest
  char side = 'A';         // of that seed
  std::string text{};      // what became of it
};

struct Comparison {
  std::uint64_t runs = 0;  // of each
  OddRuns failures;        // a bug ended them
  OddRuns given_up;        // they used up what they may use
  OddRuns diverged;        // they were other ones the second time
  bool interrupted = false;
  /// In the checkers' order: those that either violated at least once, or left undecided.
  std::vector<ComparedProperty> properties;
};

/// Runs a(seed) and b(seed) for each seed. Does not depend on the number of workers.
Comparison compare(const std::function<Scenario(std::uint64_t)>& a,
                   const std::function<Scenario(std::uint64_t)>& b, const CompareOptions& options);

}  // namespace lockstep
