// How long clients believe: deadlines on the right and the wrong clock, renewals and what becomes
// of them, and fencing tokens in the order of grants.

#include <gtest/gtest.h>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

TEST(LocksLease, ADeadlineEndsTheBeliefBeforeTheServerDoes) {
  for (const char* lock :
       {"redis-setpx-lease", "redis-setpx-lease-late", "redis-setpx-lease-wall"}) {
    LocksPlay play(lock);
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann && ann->until) << lock;
    play.pass(9800ms);
    EXPECT_TRUE(play.believes("ann", *ann)) << lock;
    play.pass(150ms);
    EXPECT_FALSE(play.believes("ann", *ann)) << lock;
    EXPECT_FALSE(play.gets_it("bob", 10ms)) << lock;
  }
}

TEST(LocksLease, ALockWithoutADeadlineIsBelievedForEver) {
  LocksPlay play("redis-setpx");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(11s);
  ASSERT_TRUE(play.gets_it("bob"));
  EXPECT_TRUE(play.believes("ann", *ann));
}

/// The answer to the acquire takes seconds: does the client believe longer than the key lives?
bool a_slow_answer_is_believed_too_long(std::string_view lock) {
  LocksPlay play(lock, {{"request_timeout", Duration(0)}});
  sim::Node& ann = play.client("ann").node;
  sim::Link& link = play.world.link(play.server->id(), ann.id());
  play.acquire("ann").map([&play](Lease lease) { (void)play.release("ann", std::move(lease)); });
  link.trouble.delay_min = link.trouble.delay_max = 5s;
  const auto lease = play.acquire("ann");
  EXPECT_TRUE(lease);
  if (!lease) return false;
  play.pass(6s);
  EXPECT_TRUE(play.gets_it("bob"));
  return play.believes("ann", *lease);
}

TEST(LocksLease, CountedFromTheAnswerIsCountedTooLate) {
  EXPECT_TRUE(a_slow_answer_is_believed_too_long("redis-setpx-lease-late"));
}
TEST(LocksLease, CountedFromTheRequestIsSafe) {
  EXPECT_FALSE(a_slow_answer_is_believed_too_long("redis-setpx-lease"));
  EXPECT_FALSE(a_slow_answer_is_believed_too_long("redis-setpx-lease-wall"));
}

TEST(LocksLease, AnAnswerOlderThanTheLeaseIsNoGrant) {
  LocksPlay play("redis-setpx-lease", {{"request_timeout", Duration(0)}});
  sim::Node& ann = play.client("ann").node;
  sim::Link& link = play.world.link(play.server->id(), ann.id());
  link.trouble.delay_min = link.trouble.delay_max = 11s;
  const auto lease = play.acquire("ann", 5s);
  EXPECT_FALSE(lease);
}

/// Ann's wall clock steps back during her hold: does she believe longer than the key lives?
bool a_step_back_prolongs_the_belief(std::string_view lock) {
  LocksPlay play(lock);
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.client("ann").node.jump_wall(-20s);
  play.pass(11s);
  EXPECT_TRUE(play.gets_it("bob"));
  return play.believes("ann", *ann);
}

TEST(LocksLease, OnAWallClockIsProlongedByAStepBack) {
  EXPECT_TRUE(a_step_back_prolongs_the_belief("redis-setpx-lease-wall"));
  EXPECT_FALSE(a_step_back_prolongs_the_belief("redis-setpx-lease"));
}

TEST(LocksLease, IsKeptAliveByAWatchdogUntilTheRelease) {
  for (const char* lock :
       {"redis-watchdog", "redis-watchdog-notify", "redis-watchdog-lease", "redis-watchdog-leak",
        "redis-watchdog-recreate", "redis-fair", "redis-reentrant"}) {
    LocksPlay play(lock);
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann) << lock;
    EXPECT_FALSE(play.gets_it("bob", 60s)) << lock;
    EXPECT_TRUE(play.believes("ann", *ann)) << lock;
    ASSERT_TRUE(play.release("ann", *ann)) << lock;
    EXPECT_TRUE(play.gets_it("bob", 5s)) << lock;
  }
}

struct AfterAPause {
  bool at_once = false;  // does she believe as she wakes?
  bool later = false;    // and after her next renewal?
};

/// Ann is paused beyond her lease and Bob gets in.
AfterAPause belief_after_a_pause(std::string_view lock) {
  LocksPlay play(lock);
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.client("ann").node.pause();
  EXPECT_TRUE(play.gets_it("bob", 15s));
  play.resume("ann");
  AfterAPause belief;
  belief.at_once = play.believes("ann", *ann);
  play.pass(5s);
  belief.later = play.believes("ann", *ann);
  const bool told = !play.losses.empty() && play.losses.front().owner == ann->owner;
  if (belief.at_once) {
    EXPECT_EQ(told, !belief.later) << lock;
  }
  return belief;
}

TEST(LocksLease, ThatAPlainWatchdogLostIsOnlyLogged) {
  const AfterAPause belief = belief_after_a_pause("redis-watchdog");
  EXPECT_TRUE(belief.at_once);
  EXPECT_TRUE(belief.later);
}
TEST(LocksLease, ThatANotifyingWatchdogLostIsToldWithTheNextRenewal) {
  const AfterAPause belief = belief_after_a_pause("redis-watchdog-notify");
  EXPECT_TRUE(belief.at_once);
  EXPECT_FALSE(belief.later);
}
TEST(LocksLease, WithAWatchdogAndADeadlineIsOverAtOnce) {
  EXPECT_FALSE(belief_after_a_pause("redis-watchdog-lease").at_once);
}

/// Bob gets the lock and gives it back while Ann is paused: does her next renewal take it again?
bool a_renewal_takes_a_free_lock(std::string_view lock) {
  LocksPlay play(lock);
  EXPECT_TRUE(play.acquire("ann"));
  play.client("ann").node.pause();
  const auto bob = play.acquire("bob", 15s);
  EXPECT_TRUE(bob);
  EXPECT_TRUE(play.release("bob", *bob));
  play.resume("ann");
  play.pass(5s);
  return !play.gets_it("cleo");
}

TEST(LocksLease, ThatWasLostIsHiddenByARenewalThatRecreatesTheKey) {
  EXPECT_TRUE(a_renewal_takes_a_free_lock("redis-watchdog-recreate"));
  EXPECT_FALSE(a_renewal_takes_a_free_lock("redis-watchdog"));
}

TEST(LocksLease, ThatNobodyHoldsIsRenewedForEverWhenCallbacksAreUnordered) {
  LocksPlay play("redis-watchdog-leak", {{"callback_delay", Duration(1s)}});
  const auto ann = play.acquire("ann", 1ms);
  ASSERT_FALSE(ann);
  EXPECT_EQ(ann.error().code, ErrorCode::held);
  EXPECT_FALSE(play.gets_it("bob", 100s));
}

TEST(LocksLease, TokensRiseWithEachGrant) {
  for (const char* lock : {"redis-fence-atomic", "redis-fence-after", "redis-fence-clock"}) {
    LocksPlay play(lock);
    std::uint64_t last = 0;
    for (const char* name : {"ann", "bob", "ann"}) {
      const auto lease = play.acquire(name);
      ASSERT_TRUE(lease) << lock;
      EXPECT_GT(lease->token, last) << lock;
      last = lease->token;
      play.pass(5ms);
      ASSERT_TRUE(play.release(name, *lease)) << lock;
    }
  }
}

TEST(LocksLease, ATokenTakenLateTopsThatOfTheLiveHolder) {
  LocksPlay play("redis-fence-after");
  play.pause_at("ann", "token-next");
  const auto late = play.begin_acquire("ann");
  play.pass(11s);
  const auto bob = play.acquire("bob");
  ASSERT_TRUE(bob);
  play.resume("ann");
  const auto ann = play.outcome(late);
  ASSERT_TRUE(ann);
  EXPECT_GT(ann->token, bob->token);
}

TEST(LocksLease, ATokenFromTheGrantingScriptStaysBelowThatOfTheNextHolder) {
  LocksPlay play("redis-fence-atomic", {{"request_timeout", Duration(0)}});
  sim::Node& node = play.client("ann").node;
  const auto late = play.begin_acquire("ann");
  play.world.call_at(play.world.now() + 1500us, [&node] { node.pause(); });
  play.pass(11s);
  const auto bob = play.acquire("bob");
  ASSERT_TRUE(bob);
  play.resume("ann");
  const auto ann = play.outcome(late);
  ASSERT_TRUE(ann);
  EXPECT_LT(ann->token, bob->token);
}

TEST(LocksLease, ATokenFromAFastClockTopsAllThatFollow) {
  LocksPlay play("redis-fence-clock");
  play.client("ann").node.jump_wall(3600s);
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann && play.release("ann", *ann));
  const auto bob = play.acquire("bob");
  ASSERT_TRUE(bob);
  EXPECT_GT(ann->token, bob->token);
}

}  // namespace
}  // namespace lockstep
