#pragma once
// Locks judged in GoogleTest.
//
//     TEST(MyLock, ExcludesUnderPauses) {
//       EXPECT_LOCK_SAFE("my-lock", lockstep::scenario().faults({"gc-pause"}), 200);
//     }
//
// A failure tells what broke, the story of the lowest seed, the command that plays it again and
// where its timeline is.

#include <gtest/gtest.h>

#include "lockstep/testing.hpp"

namespace lockstep {

/// The result of judge_lock() as GoogleTest takes it.
inline ::testing::AssertionResult lock_is(Expected expected, std::string_view lock,
                                          const ScenarioBuilder& scenario, std::uint64_t seeds) {
  const LockJudgement judgement = judge_lock(lock, scenario, seeds, expected);
  if (judgement.as_expected) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << judgement.message;
}

}  // namespace lockstep

/// Every property that `lock` claims holds in the runs of seeds 1 to `seeds`.
#define EXPECT_LOCK_SAFE(lock, scenario, seeds) \
  EXPECT_TRUE(::lockstep::lock_is(::lockstep::Expected::safe, lock, scenario, seeds))

/// At least one of these runs violates a property that `lock` claims: for a bug that is known and
/// not yet mended, and for tests that must be able to fail.
#define EXPECT_LOCK_VIOLATION(lock, scenario, seeds) \
  EXPECT_TRUE(::lockstep::lock_is(::lockstep::Expected::violation, lock, scenario, seeds))
