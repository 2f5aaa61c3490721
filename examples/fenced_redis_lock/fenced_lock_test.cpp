// A lock that bears every fault: what it claims holds, and with a resource that checks its tokens
// no update is lost.
#include <lockstep/gtest.hpp>

using lockstep::ResourcePolicy;
using lockstep::scenario;

TEST(FencedLock, KeepsItsClaimsWhateverHappensToClientsAndLinks) {
  EXPECT_LOCK_SAFE("fenced-lock", scenario().faults({"gc-pause", "delay", "loss", "partition"}),
                   150);
}

TEST(FencedLock, LosesNoUpdateWhereItsTokensAreChecked) {
  EXPECT_LOCK_SAFE("fenced-lock",
                   scenario().resource(ResourcePolicy::fence_all).faults({"gc-pause"}), 150);
}
