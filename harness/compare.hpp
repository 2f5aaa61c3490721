#pragma once
// Two configurations on the same seeds: what differs is not the luck (common random numbers).

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/odds.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

struct CompareOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 1000;
  unsigned workers = 0;  // 0: one per core
  std::atomic<bool>* interrupted = nullptr;
};

struct Comparison {
  std::uint64_t runs = 0;      // of each
  std::uint64_t failures = 0;  // runs of either that a bug ended
  bool interrupted = false;
  /// By property, in the checkers' order: those that either violated at least once.
  std::vector<std::pair<std::string, Pairs>> properties;
};

/// Runs a(seed) and b(seed) for each seed. Does not depend on the number of workers.
Comparison compare(const std::function<Scenario(std::uint64_t)>& a,
                   const std::function<Scenario(std::uint64_t)>& b, const CompareOptions& options);

}  // namespace lockstep
