#pragma once
// How a long search is doing, while it runs: one line that changes, or now and then a plain one.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/terminal.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

struct ProgressGoal {
  std::uint64_t runs = 0;            // in all, those of before among them
  std::uint64_t before = 0;          // that were done when this began
  std::optional<Duration> budget{};  // of real time
};

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress(Terminal& terminal, ProgressGoal goal);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Takes the changing line away.
  ~Progress();

  /// True now and then: time for show().
  bool due() const { return !terminal_.quiet && Clock::now() >= next_; }
  void show(const SweepResult& so_far);

  /// "1,200 of 5,000 runs, 950 runs/s, 20 h simulated, belief-exclusion 31, 4 s left".
  static std::string line(const SweepResult& so_far, const ProgressGoal& goal, Duration passed);

 private:
  Terminal& terminal_;
  ProgressGoal goal_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace lockstep
