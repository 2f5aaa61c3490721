// A clock that is not made for it: found by jumps, and shrunk to what a person can read.
#include <lockstep/gtest.hpp>

using lockstep::scenario;

TEST(WallClock, IsFoundByJumpsOfClocks) {
  EXPECT_LOCK_VIOLATION("wall-clock", scenario().faults({"clock-jump"}), 60);
}

TEST(WallClock, ShrinksToTwoClientsAndOneJump) {
  const auto wild = scenario().faults({"clock-jump"});
  const auto judged = lockstep::judge_lock("wall-clock", wild, 60, lockstep::Expected::violation);
  const auto exclusion = lockstep::count_of(judged.result, "belief-exclusion");
  ASSERT_TRUE(exclusion.first_broken_seed.has_value());
  const lockstep::Scenario* found =
      lockstep::kept_scenario(judged.result, *exclusion.first_broken_seed);
  ASSERT_NE(found, nullptr);
  lockstep::ShrinkOptions options;
  options.property = "belief-exclusion";
  const auto shrunk = lockstep::shrink(*found, options);
  ASSERT_TRUE(shrunk.has_value());
  EXPECT_TRUE(shrunk->minimal);
  EXPECT_EQ(shrunk->scenario.clients, 2);
  EXPECT_EQ(shrunk->scenario.faults.size(), 1u);
}
