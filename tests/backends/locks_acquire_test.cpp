// How acquires go wrong: commands that belong together and are sent apart, answers that get lost,
// clocks that disagree, keys that are evicted.

#include <gtest/gtest.h>

#include "backends/redis/client.hpp"
#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

TEST(LocksAcquire, AClientLostBetweenSetnxAndExpireBlocksTheLockForEver) {
  LocksPlay play("redis-setnx-expire");
  play.at_step("ann", "setnx-done", [&play](sim::Node&) {
    play.world.call_at(play.world.now(), [&play] { play.crash("ann"); });
  });
  play.begin_acquire("ann");
  play.pass(100s);
  EXPECT_FALSE(play.gets_it("bob", 20s));
}

Task<void> delete_key(Env& env, NodeId server, std::string key) {
  redis::Client client(env, server);
  const auto deleted = co_await client.call(redis::words("DEL", key));
  EXPECT_TRUE(deleted && deleted->is(1));
}

TEST(LocksAcquire, ExpireOfAKeyThatIsGoneGoesUnnoticed) {
  LocksPlay play("redis-setnx-expire");
  play.pause_at("ann", "setnx-done");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  sim::Node& stranger = play.client("stranger").node;
  stranger.spawn(delete_key(stranger, play.server->id(), "lock:a"));
  play.pass(10ms);
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
  EXPECT_TRUE(play.gets_it("bob"));
}

TEST(LocksAcquire, ALoserRepairsAHealthyLeaseDownToItsOwn) {
  LocksPlay play("redis-setnx-expire-repair", {{"lease", Duration(60s)}});
  play.client("bob", {{"lease", Duration(1s)}});
  play.pause_at("ann", "setnx-done");
  const auto ann = play.begin_acquire("ann");
  play.pass(10ms);
  play.pause_at("bob", "repairing");
  const auto bob = play.begin_acquire("bob");
  play.pass(100ms);
  play.resume("ann");
  ASSERT_TRUE(play.outcome(ann));
  EXPECT_FALSE(play.gets_it("cleo", 5s));
  play.resume("bob");
  play.pass(10ms);
  play.crash("bob");
  EXPECT_TRUE(play.gets_it("cleo", 2s));
}

TEST(LocksAcquire, ARepairUnblocksWhatACrashLeftEndless) {
  LocksPlay play("redis-setnx-expire-repair");
  play.at_step("ann", "setnx-done", [&play](sim::Node&) {
    play.world.call_at(play.world.now(), [&play] { play.crash("ann"); });
  });
  play.begin_acquire("ann");
  play.pass(1s);
  EXPECT_TRUE(play.gets_it("bob", 20s));
}

/// Ann's try is executed, its answer is lost, she gives up: how soon does Bob get in?
Duration blocked_by_a_lost_answer(std::string_view lock) {
  LocksPlay play(lock);
  play.client("bob");
  sim::Node& ann = play.client("ann").node;
  const auto first = play.acquire("ann");  // so that she is connected
  EXPECT_TRUE(first);
  EXPECT_TRUE(play.release("ann", *first));
  play.world.cut(play.server->id(), ann.id());
  const auto pending = play.begin_acquire("ann", 900ms);
  play.pass(1s);
  play.world.mend(play.server->id(), ann.id());
  EXPECT_FALSE(play.outcome(pending));
  const WorldTime began = play.world.now();
  return play.gets_it("bob", 100s) ? play.world.now() - began : Duration::max();
}

TEST(LocksAcquire, ALostAnswerToSetnxBlocksTheLockForEver) {
  EXPECT_EQ(blocked_by_a_lost_answer("redis-setnx"), Duration::max());
  EXPECT_EQ(blocked_by_a_lost_answer("redis-setnx-expire"), Duration::max());
}
TEST(LocksAcquire, ALostAnswerToSetIsTakenBackAtOnce) {
  for (const char* lock : {"redis-setpx", "redis-setpx-lease", "redis-fence-atomic"}) {
    EXPECT_LT(blocked_by_a_lost_answer(lock), 1s) << lock;
  }
}

TEST(LocksAcquire, AGrantThatMayBeLeftBehindEndsInAnIndefiniteError) {
  LocksPlay play("redis-setpx");
  const auto first = play.acquire("ann");
  ASSERT_TRUE(first && play.release("ann", *first));
  play.world.cut(play.server->id(), play.client("ann").node.id());
  const auto lease = play.acquire("ann", 500ms);
  ASSERT_FALSE(lease);
  EXPECT_FALSE(lease.error().definite());
}

TEST(LocksAcquire, AServerThatIsDownRefusesDefinitely) {
  LocksPlay play("redis-setpx");
  play.client("ann");
  play.server->kill();
  const auto lease = play.acquire("ann", 500ms);
  ASSERT_FALSE(lease);
  EXPECT_TRUE(lease.error().definite());
}

/// Does a client whose wall clock is a minute ahead get in beside a live holder?
bool a_fast_clock_gets_in(std::string_view lock) {
  LocksPlay play(lock);
  EXPECT_TRUE(play.acquire("ann"));
  play.client("bob").node.jump_wall(60s);
  return play.gets_it("bob");
}

TEST(LocksAcquire, ATimeStampIsPastForAFastClock) {
  EXPECT_TRUE(a_fast_clock_gets_in("redis-getset-ts"));
}
TEST(LocksAcquire, ServersThatExpireKeysDontAskClientsForTheTime) {
  for (const char* lock :
       {"redis-setpx", "redis-setpx-lease-wall", "redis-fence-clock", "redis-fair"}) {
    EXPECT_FALSE(a_fast_clock_gets_in(lock)) << lock;
  }
}
TEST(LocksAcquire, AStampThatIsPastIsTakenOverByOneAlone) {
  LocksPlay play("redis-getset-ts");
  ASSERT_TRUE(play.acquire("ann"));
  play.pass(11s);
  play.pause_at("bob", "found-past");
  const auto bob = play.begin_acquire("bob", 1s);
  play.pass(10ms);
  ASSERT_TRUE(play.gets_it("cleo"));
  play.resume("bob");
  EXPECT_FALSE(play.outcome(bob));
}

/// Does a server that is short of memory let somebody in beside a live holder?
bool pressure_lets_another_in(std::string_view policy) {
  LocksPlay play("redis-setpx-evicted", {{"maxmemory_policy", std::string(policy)}});
  for (int i = 0; i < 50; ++i) {
    const auto ann = play.acquire("ann");
    if (!ann) return false;
    if (play.gets_it("bob", 9s)) return true;
    (void)play.release("ann", *ann);
  }
  return false;
}

TEST(LocksAcquire, EvictionTakesALiveLock) {
  EXPECT_TRUE(pressure_lets_another_in("allkeys-random"));
  EXPECT_TRUE(pressure_lets_another_in("volatile-ttl"));
}

TEST(LocksAcquire, WaitersOfAFairLockGetItInTurn) {
  LocksPlay play("redis-fair");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  const auto bob = play.begin_acquire("bob");
  play.pass(100ms);
  const auto cleo = play.begin_acquire("cleo");
  play.pass(100ms);
  ASSERT_TRUE(play.release("ann", *ann));
  play.pass(100ms);
  ASSERT_TRUE(*bob && (*bob)->has_value());
  EXPECT_FALSE(*cleo);
  ASSERT_TRUE(play.release("bob", ***bob));
  play.pass(100ms);
  ASSERT_TRUE(*cleo && (*cleo)->has_value());
}

TEST(LocksAcquire, AFastClockDropsTheWaitersOfAFairLockAndGetsInFirst) {
  LocksPlay play("redis-fair");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  const auto bob = play.begin_acquire("bob", 100s);
  play.pass(100ms);
  play.client("dora").node.jump_wall(600s);
  const auto dora = play.begin_acquire("dora", 100s);
  play.pass(100ms);
  ASSERT_TRUE(play.release("ann", *ann));
  play.pass(100ms);
  ASSERT_TRUE(*dora && (*dora)->has_value());
  EXPECT_FALSE(*bob);
}

}  // namespace
}  // namespace lockstep
