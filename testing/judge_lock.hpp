#pragma once
// A lock judged under many seeds inside a test program, and the words for when it fails there.

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/sweep.hpp"
#include "testing/scenario_builder.hpp"

namespace lockstep {

enum class Expected : std::uint8_t { safe, violation };

struct LockJudgement {
  bool as_expected = false;
  /// When it is not: what broke and in how many runs, the lowest seed's story, the command that
  /// plays it again, and where its timeline is.
  std::string message;
  SweepResult result;
};

/// Runs `lock` under seeds 1 to `seeds`. Safe: there was a run, every property that it claims held
/// in all runs, and faults, if there were to be any, met a hold at least once. Violation: a claimed
/// property was violated. A lock of a plug-in runs in processes of its own, each run twice. The run
/// that a message tells of is kept below $LOCKSTEP_FAILURES ("lockstep-failures").
LockJudgement judge_lock(std::string_view lock, const ScenarioBuilder& scenario,
                         std::uint64_t seeds, Expected expected = Expected::safe);

}  // namespace lockstep
