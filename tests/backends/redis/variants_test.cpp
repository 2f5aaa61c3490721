// Locks that go wrong in one way that somebody met, and the same ones without it.

#include <gtest/gtest.h>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

TEST(FencedLock, GivesATokenForEachEntryAlsoToWhoIsIn) {
  LocksPlay play("redis-fenced");
  const auto first = play.acquire("ann");
  const auto again = play.acquire("ann");
  ASSERT_TRUE(first && again);
  EXPECT_GT(again->token, first->token);
  EXPECT_EQ(again->owner, first->owner);
}

TEST(FencedLock, MayNotPassOnTheLeaseThatWasAskedFor) {
  for (const bool ignores : {false, true}) {
    LocksPlay play("redis-fenced", {{"lease", Duration(1s)}, {"ignores_lease", ignores}});
    ASSERT_TRUE(play.acquire("ann"));
    play.crash("ann");
    EXPECT_EQ(play.gets_it("bob", 20s), !ignores);
  }
}

/// Ann is inside, asks again, and is held up while her lease ends; is she in beside Bob then?
TEST(ReentrantSetNxLock, OverwritesWhoCameInBetween) {
  LocksPlay play("redis-reentrant-setnx");
  ASSERT_TRUE(play.acquire("ann"));
  play.pause_at("ann", "found-itself");
  const auto again = play.begin_acquire("ann");
  play.pass(11s);
  ASSERT_TRUE(play.gets_it("bob"));
  play.resume("ann");
  EXPECT_TRUE(play.outcome(again));
}

TEST(ReentrantLock, MayRememberALeaseThatWasAskedForOnce) {
  for (const bool remembers : {false, true}) {
    LocksPlay play("redis-reentrant",
                   {{"first_lease", Duration(1h)}, {"remembers_lease", remembers}});
    const auto first = play.acquire("ann");
    ASSERT_TRUE(first && play.release("ann", *first));
    ASSERT_TRUE(play.acquire("ann"));
    play.crash("ann");
    EXPECT_EQ(play.gets_it("bob", 20s), !remembers);
  }
}

TEST(WatchdogLock, MayGiveUpAfterOneRenewalWithoutAnAnswer) {
  for (const bool gives_up : {false, true}) {
    LocksPlay play("redis-watchdog", {{"gives_up", gives_up}});
    ASSERT_TRUE(play.acquire("ann"));
    play.at_step("ann", "renewing", [&play](sim::Node& ann) {
      const NodeId id = ann.id();
      play.world.cut(play.server->id(), id);
      play.world.call_at(play.world.now() + 1100ms,
                         [&play, id] { play.world.mend(play.server->id(), id); });
    });
    EXPECT_EQ(play.gets_it("bob", 30s), gives_up);
  }
}

TEST(FairLock, AFastClockDropsTheQueueUnlessTheServersIsAsked) {
  for (const bool of_server : {false, true}) {
    LocksPlay play("redis-fair", {{"server_time", of_server}});
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann);
    const auto bob = play.begin_acquire("bob", 200s);
    play.pass(100ms);
    play.client("cleo").node.jump_wall(1h);
    const auto cleo = play.begin_acquire("cleo", 200s);
    play.pass(100ms);
    ASSERT_TRUE(play.release("ann", *ann));
    play.pass(15s);
    EXPECT_EQ(bob->has_value(), of_server) << "bob came first";
    EXPECT_EQ(cleo->has_value(), !of_server);
  }
}

}  // namespace
}  // namespace lockstep
