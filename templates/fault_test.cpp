// What must hold of the fault my-lock: it meets holds, and a lock that looks at its lease bears it.
#include <lockstep/gtest.hpp>

using lockstep::scenario;

TEST(MyLock, IsBorneByALockThatLooksAtItsLease) {
  EXPECT_LOCK_SAFE("redis-setpx-lease", scenario().faults({"my-lock"}), 100);
}
