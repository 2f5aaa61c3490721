// Redlock: a quorum within the validity, and nothing left of a failed attempt; and what each
// variant makes of it.

#include <gtest/gtest.h>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

/// Nothing that the two send each other arrives.
void cut(LocksPlay& play, const std::string& client, std::size_t server) {
  const NodeId a = play.client(client).node.id();
  const NodeId b = play.servers[server - 1]->id();
  play.world.cut(a, b);
  play.world.cut(b, a);
}

/// Opens the client's connections, so that what is slow later is a reply.
void connect(LocksPlay& play, const std::string& client) {
  const auto lease = play.acquire(client);
  ASSERT_TRUE(lease);
  ASSERT_TRUE(play.release(client, *lease));
}

/// What a server sends the client takes that long.
void slow_replies(LocksPlay& play, const std::string& client, std::size_t server, Duration delay) {
  const NodeId to = play.client(client).node.id();
  sim::Link& link = play.world.link(play.servers[server - 1]->id(), to);
  link.trouble.delay_min = link.trouble.delay_max = delay;
}

/// How many servers keep somebody's key, by their notes.
std::size_t keys_left(const LocksPlay& play) {
  std::size_t left = 0;
  for (const GrantNote& note : play.grants) {
    if (note.change == GrantChange::granted) ++left;
    if (note.change == GrantChange::released || note.change == GrantChange::expired) --left;
  }
  return left;
}

TEST(Redlock, TakesALockThatAMajorityGrants) {
  LocksPlay play("redlock");
  cut(play, "ann", 4);
  cut(play, "ann", 5);
  ASSERT_TRUE(play.acquire("ann"));
  EXPECT_EQ(keys_left(play), 3u);
  EXPECT_FALSE(play.gets_it("bob", 2s));
}

TEST(Redlock, TakesNoLockThatOnlyAMinorityGrants) {
  LocksPlay play("redlock");
  for (std::size_t server = 3; server <= 5; ++server) cut(play, "ann", server);
  EXPECT_FALSE(play.acquire("ann", 5s));
  EXPECT_TRUE(play.gets_it("bob"));
}

TEST(Redlock, TakesBackWhatAFailedAttemptGot) {
  LocksPlay play("redlock");
  for (std::size_t server = 3; server <= 5; ++server) cut(play, "ann", server);
  const auto lease = play.acquire("ann", 1s);
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().code, ErrorCode::held);
  EXPECT_EQ(keys_left(play), 0u);
}

TEST(Redlock, LeavesItsKeysWhenItDoesNotTakeThemBack) {
  LocksPlay play("redlock-no-release");
  for (std::size_t server = 3; server <= 5; ++server) cut(play, "ann", server);
  ASSERT_FALSE(play.acquire("ann", 1s));
  EXPECT_EQ(keys_left(play), 2u);
}

TEST(Redlock, SaysThatAQuorumMayBeLeftWhenNoAnswerCame) {
  LocksPlay play("redlock");
  connect(play, "ann");
  for (std::size_t server = 1; server <= 5; ++server) slow_replies(play, "ann", server, 30s);
  const auto lease = play.acquire("ann", 1s);
  ASSERT_FALSE(lease);
  EXPECT_FALSE(lease.error().definite());
}

TEST(Redlock, MayActForTheLeaseLessTheTimeTheAttemptTookAndTheDrift) {
  LocksPlay play("redlock");
  connect(play, "ann");
  slow_replies(play, "ann", 1, 500ms);
  const auto lease = play.acquire("ann");
  const SteadyTime got_at = play.client("ann").node.steady_now();
  ASSERT_TRUE(lease && lease->until);
  const Duration left = std::get<SteadyTime>(*lease->until) - got_at;
  EXPECT_LE(left, 10s - 500ms - 102ms);
  EXPECT_GE(left, 10s - 500ms - 110ms);
}

TEST(Redlock, AllowsNothingForDriftWhereItIsToldSo) {
  LocksPlay play("redlock-no-drift");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease && lease->until);
  const Duration left = std::get<SteadyTime>(*lease->until) - play.client("ann").node.steady_now();
  EXPECT_GE(left, 10s - 10ms);
}

/// A quorum whose last answer came after the lease: is it a lock?
bool takes_an_expired_lock(std::string_view lock) {
  LocksPlay play(lock, {{"request_timeout", Duration(0)}});
  connect(play, "ann");
  for (std::size_t server = 1; server <= 3; ++server) slow_replies(play, "ann", server, 12s);
  const auto lease = play.begin_acquire("ann", 1s);
  play.pass(13s);
  return *lease && (*lease)->has_value();
}

TEST(Redlock, IsNoLockWhenItTookLongerThanItsLease) {
  EXPECT_FALSE(takes_an_expired_lock("redlock"));
  EXPECT_FALSE(takes_an_expired_lock("redlock-app-no-check"));
}
TEST(Redlock, ReturnsAnExpiredLockWhereNobodyLooksAtTheTime) {
  EXPECT_TRUE(takes_an_expired_lock("redlock-no-validity"));
}

TEST(Redlock, IsBelievedForEverByAnApplicationThatNeverChecks) {
  LocksPlay play("redlock-app-no-check");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(11s);
  ASSERT_TRUE(play.gets_it("bob"));
  EXPECT_TRUE(play.believes("ann", *ann));
}

TEST(Redlock, FollowsTheWallClockWhereItIsToldSo) {
  for (const char* lock : {"redlock", "redlock-wall"}) {
    LocksPlay play(lock);
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann);
    play.client("ann").node.jump_wall(-20s);
    play.pass(11s);
    EXPECT_EQ(play.believes("ann", *ann), std::string_view(lock) == "redlock-wall") << lock;
  }
}

TEST(Redlock, LetsTwoInWhereTwoOfFiveAreEnough) {
  LocksPlay play("redlock-minority");
  for (std::size_t server = 3; server <= 5; ++server) cut(play, "ann", server);
  EXPECT_TRUE(play.acquire("ann", 5s));
  EXPECT_TRUE(play.gets_it("bob"));
}

TEST(Redlock, ReleasesAtEveryInstance) {
  LocksPlay play("redlock");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  EXPECT_EQ(keys_left(play), 5u);
  ASSERT_TRUE(play.release("ann", *lease));
  EXPECT_EQ(keys_left(play), 0u);
}

TEST(Redlock, IsToldThatItsLockWasLost) {
  LocksPlay play("redlock");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(11s);
  const auto released = play.release("ann", *lease);
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().code, ErrorCode::lost);
}

/// Mends what `cut` cut.
void mend(LocksPlay& play, const std::string& client) {
  const NodeId a = play.client(client).node.id();
  for (const sim::Node* server : play.servers) {
    play.world.mend(a, server->id());
    play.world.mend(server->id(), a);
  }
}

TEST(RedlockExtend, HoldsForAsLongAsItsHolderLives) {
  for (const char* lock : {"redlock-extend", "redlock-setnx-extend", "redlock-extend-late"}) {
    LocksPlay play(lock);
    const auto lease = play.acquire("ann");
    ASSERT_TRUE(lease);
    play.pass(25s);
    EXPECT_TRUE(play.believes("ann", *lease)) << lock;
    EXPECT_FALSE(play.gets_it("bob", 1s)) << lock;
    EXPECT_TRUE(play.release("ann", *lease)) << lock;
    EXPECT_TRUE(play.gets_it("bob")) << lock;
  }
}

TEST(RedlockExtend, ExtendsNoMoreOftenThanItMay) {
  LocksPlay play("redlock-extend", {{"extensions", std::int64_t{2}}});
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(15s);
  EXPECT_TRUE(play.believes("ann", *lease));
  play.pass(3s);
  EXPECT_FALSE(play.believes("ann", *lease));
}

/// Ann is cut off for longer than her lease; does she hold the lock again afterwards?
bool rises_from_the_dead(std::string_view lock) {
  LocksPlay play(lock);
  const auto lease = play.acquire("ann");
  EXPECT_TRUE(lease);
  for (std::size_t server = 1; server <= 5; ++server) cut(play, "ann", server);
  play.pass(11s);
  EXPECT_FALSE(play.believes("ann", *lease)) << lock;
  mend(play, "ann");
  play.pass(5s);
  return play.believes("ann", *lease) && !play.gets_it("bob", 1s);
}

TEST(RedlockExtend, StaysLostOnceItsValidityIsOver) {
  EXPECT_FALSE(rises_from_the_dead("redlock-extend"));
}
TEST(RedlockExtend, RisesFromTheDeadWhereAnExtensionMayMakeKeys) {
  EXPECT_TRUE(rises_from_the_dead("redlock-setnx-extend"));
}

/// The answers to an extension take longer than the lease that it gives.
bool believes_a_late_extension(std::string_view lock) {
  LocksPlay play(lock, {{"request_timeout", Duration(0)}, {"connect_timeout", Duration(30s)}});
  const auto lease = play.acquire("ann");
  EXPECT_TRUE(lease);
  play.pass(4s);  // one extension, whose connections are there for the next
  for (std::size_t server = 1; server <= 5; ++server) slow_replies(play, "ann", server, 14s);
  play.pass(14s);
  EXPECT_TRUE(play.gets_it("bob"));
  play.pass(3s);
  return play.believes("ann", *lease);
}

TEST(RedlockExtend, CountsOnlyWithinTheOldValidity) {
  EXPECT_FALSE(believes_a_late_extension("redlock-extend"));
  EXPECT_TRUE(believes_a_late_extension("redlock-extend-late"));
}

TEST(RedlockValidLate, GoesOnWhileItAwaitsTheAnswersAndStopsWhenTheySayNo) {
  LocksPlay play("redlock-valid-late", {{"request_timeout", Duration(0)}});
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(9s);
  slow_replies(play, "ann", 5, 5s);
  play.pass(3s);
  EXPECT_TRUE(play.gets_it("bob"));
  EXPECT_TRUE(play.believes("ann", *lease));
  play.pass(10s);
  EXPECT_FALSE(play.believes("ann", *lease));
  EXPECT_EQ(play.losses.size(), 1u);
}

TEST(RedlockExpireTail, GivesItsLeaseToKeysOfWhoeverCameNext) {
  LocksPlay play("redlock-expire-tail");
  play.pause_at("ann", "expiring");
  const auto ann = play.begin_acquire("ann");
  play.pass(3s);
  ASSERT_TRUE(play.gets_it("bob"));
  play.resume("ann");
  EXPECT_TRUE(play.outcome(ann));
}

TEST(RedlockKeySharedNode, LetsTwoInThatShareTheKeysOfOneServer) {
  LocksPlay play("redlock-key-shared-node");
  const auto ann = play.begin_acquire("ann", 1s);
  const auto bob = play.begin_acquire("bob", 1s);
  EXPECT_TRUE(play.outcome(ann));
  EXPECT_TRUE(play.outcome(bob));
}

TEST(RedlockReplicated, LosesALockWithAMasterThatHadNotReplicatedIt) {
  LocksPlay play("redlock-replicated",
                 {{"down_after", Duration(500ms)}, {"failover_timeout", Duration(1s)}});
  play.pass(2s);  // Sentinels and replicas find each other
  cut(play, "ann", 4);
  cut(play, "ann", 5);
  play.world.cut(play.servers[2]->id(), play.servers[7]->id());
  play.world.cut(play.servers[7]->id(), play.servers[2]->id());
  ASSERT_TRUE(play.acquire("ann"));
  EXPECT_FALSE(play.gets_it("bob", 500ms));
  play.servers[2]->kill();
  EXPECT_TRUE(play.gets_it("bob", 6s));
}

/// Ann holds 1, 2 and 3 of five; 3 loses its power and what it had not synced.
bool a_restart_lets_the_next_one_in(std::string_view lock) {
  LocksPlay play(lock);
  cut(play, "ann", 4);
  cut(play, "ann", 5);
  EXPECT_TRUE(play.acquire("ann"));
  play.servers[2]->power_off();
  play.servers[2]->start();
  return play.gets_it("bob", 3s);
}

TEST(Redlock, LosesALockWithAnInstanceThatForgetsIt) {
  EXPECT_TRUE(a_restart_lets_the_next_one_in("redlock"));
}
TEST(Redlock, KeepsALockWhenAnInstanceThatForgotItStaysAway) {
  EXPECT_FALSE(a_restart_lets_the_next_one_in("redlock-delayed-restart"));
}

}  // namespace
}  // namespace lockstep
