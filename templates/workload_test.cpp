// What must hold of the workload my-lock: it finds bugs where there are some.
#include <lockstep/gtest.hpp>

using lockstep::scenario;

TEST(MyLock, FindsNothingWhenNothingGoesWrong) {
  EXPECT_LOCK_SAFE("redis-setpx", scenario().workload("my-lock"), 50);
}

TEST(MyLock, FindsALockThatPausesBreak) {
  EXPECT_LOCK_VIOLATION("redis-setpx", scenario().workload("my-lock").faults({"gc-pause"}), 200);
}
