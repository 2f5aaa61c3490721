// What must hold of my-lock, judged under every fault that may befall it.
#include <lockstep/gtest.hpp>

using lockstep::scenario;

TEST(MyLock, ExcludesWhenNothingGoesWrong) {
  EXPECT_LOCK_SAFE("my-lock", scenario(), 100);
}

// The gap is still there. Once you have closed it this test fails: then say EXPECT_LOCK_SAFE.
TEST(MyLock, HasAGapThatFaultsFind) {
  EXPECT_LOCK_VIOLATION("my-lock", scenario().faults({"gc-pause"}), 200);
}
