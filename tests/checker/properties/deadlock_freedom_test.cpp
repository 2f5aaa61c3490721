#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "checker/properties/waits_for.hpp"
#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::Play;

// Healed at 1 s, bound 10 s, and client-2 tries from 2 s on without an answer.
Play waiting() {
  Play play;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(11'100);
  play.op(1, "acquire", 2'000, -1, OpType::info);
  return play;
}

Verdict violation(Play& play, std::string_view kind) {
  Verdict verdict = play.judge("deadlock-freedom");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr(kind));
  return verdict;
}

TEST(DeadlockFreedom, HoldsWhenSomebodyAcquiresInTime) {
  Play play = waiting();
  play.record.ended_at = at_ms(5'000);  // the run is stopped once it is known
  play.op(2, "acquire", 3'000, 4'000, OpType::ok, "c");
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::holds);
}

TEST(DeadlockFreedom, HoldsWhenNobodyWaits) {
  Play play;
  EXPECT_EQ(play.judge("deadlock-freedom").explanation,
            "nobody waited after the last fault was healed");
}

TEST(DeadlockFreedom, IsUnknownWhenTheRunWasCutBeforeTheBound) {
  Play play = waiting();
  play.record.ended_at = at_ms(10'900);
  const Verdict verdict = play.judge("deadlock-freedom");
  EXPECT_EQ(verdict.status, Status::unknown);
  EXPECT_THAT(verdict.explanation, HasSubstr("the run ended 100 ms before the bound of 10 s"));
}

TEST(DeadlockFreedom, IsUnknownWhenThoseWhoWaitedGaveUp) {
  Play play;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(12'000);
  play.op(1, "acquire", 2'000, 3'000, OpType::fail);
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::unknown);
}

TEST(DeadlockFreedom, IsUnknownWhileALiveHolderKeepsIt) {
  Play play = waiting();
  play.granted(100, "a", 0);
  play.believe(0, 102, -1, "a");
  const Verdict verdict = play.judge("deadlock-freedom");
  EXPECT_EQ(verdict.status, Status::unknown);
  EXPECT_THAT(verdict.explanation, HasSubstr("client-1 believed all the while"));
}

TEST(DeadlockFreedom, TellsAnOrphanGrant) {
  Play play = waiting();
  play.granted(100, "a", 0);
  play.believe(0, 102, 500, "a", 0, BeliefEnd::crashed);
  const Verdict verdict = violation(play,
                                    "orphan grant: redis-1 keeps the grant of 0.100 s for "
                                    "client-1");
  EXPECT_EQ(verdict.at, at_ms(11'000));
  EXPECT_TRUE(verdict.claimed);
  play.claims.expires = false;
  EXPECT_TRUE(play.judge("deadlock-freedom").claimed) << "nothing was done to the run";
  play.fault("client-1", 500, 600, "client-1 crashed");
  EXPECT_FALSE(play.judge("deadlock-freedom").claimed) << "the lock never said it would expire";
}

TEST(DeadlockFreedom, TellsASelfWait) {
  Play play = waiting();
  play.granted(100, "a", 1);
  violation(play, "self-wait: client-2 waits for a grant of 0.100 s that is its own");
}

TEST(DeadlockFreedom, TellsALostWakeUpAndALivelock) {
  Play asleep = waiting();
  asleep.granted(100, "a", 0).released(200, "a", 0, 0);
  violation(asleep, "lost wake-up");
  Play trying = waiting();
  trying.granted(100, "a", 0).released(200, "a", 0, 0);
  for (int i = 3; i < 11; ++i) trying.op(2, "acquire", i * 1'000, i * 1'000 + 500, OpType::fail);
  violation(trying, "livelock: the lock is free, and 8 attempts failed");
  Play splitting = waiting();
  splitting.granted(3'000, "a", 0).released(3'500, "a", 0, 0);
  violation(splitting, "livelock: 1 grants came and went");
}

TEST(DeadlockFreedom, TellsACycleOverTwoLocks) {
  Play play;
  play.record.healed_at = at_ms(1'000);
  play.record.ended_at = at_ms(11'100);
  play.granted(100, "a", 0);
  play.believe(0, 102, -1, "a");
  play.op(1, "acquire", 2'000, -1, OpType::info);
  play.lock = "lock-2";
  play.granted(200, "b", 1);
  play.believe(1, 202, -1, "b");
  play.op(0, "acquire", 2'000, -1, OpType::info);
  const Verdict verdict = violation(play,
                                    "cycle: client-1 waits for lock-2, which client-2 holds; "
                                    "client-2 waits for lock-1, which client-1 holds");
  EXPECT_FALSE(verdict.claimed) << "no lock promises the order in which clients take several";
}

TEST(DeadlockFreedom, DoesNotTakeADeadClientForOneThatWaits) {
  Play play = waiting();
  play.record.nodes.push_back({"client-2", "process dead", at_ms(2'500)});
  const Verdict verdict = play.judge("deadlock-freedom");
  EXPECT_EQ(verdict.status, Status::unknown);
  EXPECT_THAT(verdict.explanation, HasSubstr("nobody waited for lock-1 any more at 2.500 s"));
}

TEST(DeadlockFreedom, IsUnknownWithoutABound) {
  Play play = waiting();
  play.bound = {};
  EXPECT_EQ(play.judge("deadlock-freedom").status, Status::unknown);
}

// The obvious twin: follow every path.
bool reaches(const std::vector<WaitsFor>& edges, std::int64_t from, std::int64_t to, int depth) {
  if (depth == 0) return false;
  for (const auto& [waiter, holder] : edges) {
    if (waiter != from) continue;
    if (holder == to || reaches(edges, holder, to, depth - 1)) return true;
  }
  return false;
}

RC_GTEST_PROP(WaitsFor, CyclesAreFoundAndAreCycles, ()) {
  const int count = *rc::gen::inRange(0, 8);
  std::vector<WaitsFor> edges;
  for (int i = 0; i < count; ++i) {
    const auto waiter = *rc::gen::inRange<std::int64_t>(0, 5);
    const auto holder = *rc::gen::inRange<std::int64_t>(0, 5);
    edges.push_back({waiter, holder});
  }
  bool any = false;
  for (std::int64_t process = 0; process < 5; ++process) {
    any |= reaches(edges, process, process, 5);
  }
  const auto cycle = find_cycle(edges);
  RC_ASSERT(cycle.empty() == !any);
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const WaitsFor edge{cycle[i], cycle[(i + 1) % cycle.size()]};
    RC_ASSERT(std::find(edges.begin(), edges.end(), edge) != edges.end());
  }
}

}  // namespace
}  // namespace lockstep
