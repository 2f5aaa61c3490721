// The server's crash is a fault like any other.
#include <lockstep/gtest.hpp>

using lockstep::scenario;

TEST(TicketLock, BearsCrashesOfItsServerAndItsClients) {
  EXPECT_LOCK_SAFE("ticket-lock", scenario().faults({"crash", "gc-pause"}), 150);
}
