// Deadlocks over several locks: found where they are, told with who holds and who waits, and with
// what became of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::Play;

class Locks : public Play {
 public:
  Locks() { needed = 2; }
  Locks& holds(std::int64_t process, std::string name, std::int64_t from, std::int64_t to) {
    lock = std::move(name);
    believe(process, from, to, lock + "-of-" + std::to_string(process));
    return *this;
  }
  Locks& waits(std::int64_t process, std::string name, std::int64_t from, std::int64_t to) {
    lock = std::move(name);
    op(process, "acquire", from, to, OpType::fail);
    return *this;
  }
};

/// client-1 has lock-1 and client-2 lock-2; from 300 ms on each waits for the other's.
Locks embrace(std::int64_t given_up = -1) {
  Locks play;
  play.holds(0, "lock-1", 100, -1).holds(1, "lock-2", 200, -1);
  play.waits(0, "lock-2", 300, given_up).waits(1, "lock-1", 310, -1);
  return play;
}

TEST(WaitCycle, IsToldWithWhoHoldsAndWhoWaits) {
  Locks play = embrace();
  const Verdict verdict = play.judge("no-wait-cycle");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(310));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_EQ(verdict.explanation,
            "a cycle at 0.310 s: client-1 waits for lock-2, which client-2 holds; client-2 waits "
            "for lock-1, which client-1 holds; it never ended");
}

TEST(WaitCycle, IsToldThoughPatienceEndedIt) {
  Locks play = embrace(5'000);
  EXPECT_THAT(play.judge("no-wait-cycle").explanation, HasSubstr("client-1 gave up at 5.000 s"));
}

TEST(WaitCycle, IsNotResolvedByALeaseThatBreaksTheExclusion) {
  Locks play;
  play.holds(0, "lock-1", 100, 20'000).holds(1, "lock-2", 200, 20'000);
  play.waits(0, "lock-2", 300, -1);
  play.lock = "lock-1";
  play.op(1, "acquire", 310, 10'200, OpType::ok, "x");
  EXPECT_THAT(play.judge("no-wait-cycle").explanation,
              HasSubstr("client-2 was given lock-1 at 10.200 s while client-1 still believed that "
                        "it held it: not the deadlock was resolved but the exclusion broken"));
}

TEST(WaitCycle, IsNoneWhereOneOnlyWaitsForTheOther) {
  Locks play;
  play.holds(0, "lock-1", 100, 5'000).holds(1, "lock-2", 200, 5'000);
  play.waits(1, "lock-1", 310, 4'000);
  EXPECT_EQ(play.judge("no-wait-cycle").status, Status::holds);
}

TEST(WaitCycle, IsNoneOnceAHolderNoLongerBelieves) {
  Locks play;
  play.holds(0, "lock-1", 100, 250).holds(1, "lock-2", 200, -1);
  play.waits(0, "lock-2", 300, -1).waits(1, "lock-1", 310, -1);
  EXPECT_EQ(play.judge("no-wait-cycle").status, Status::holds);
}

TEST(WaitCycle, GoesThroughThreeClientsToo) {
  Locks play;
  play.holds(0, "lock-1", 100, -1).holds(1, "lock-2", 110, -1).holds(2, "lock-3", 120, -1);
  play.waits(0, "lock-2", 200, -1).waits(1, "lock-3", 210, -1).waits(2, "lock-1", 220, -1);
  EXPECT_THAT(play.judge("no-wait-cycle").explanation,
              HasSubstr("client-3 waits for lock-1, which client-1 holds"));
}

TEST(DeadlockFreedom, IsALivelockWhenLocksComeAndGoAndNobodyGetsAllItNeeds) {
  Locks play;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(12'000);
  for (int i = 0; i < 5; ++i) {
    const std::int64_t at = 1'500 + 2'000 * i;
    play.holds(0, "lock-1", at, at + 100).waits(0, "lock-2", at + 10, at + 20);
    play.holds(1, "lock-2", at, at + 100).waits(1, "lock-1", at + 10, at + 20);
  }
  const Verdict verdict = play.judge("deadlock-freedom");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_THAT(verdict.explanation, HasSubstr("livelock: 10 acquires succeeded"));
  play.holds(2, "lock-1", 3'000, 3'400).holds(2, "lock-2", 3'100, 3'400);
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::holds);
}

}  // namespace
}  // namespace lockstep
