// Locks on records, alike in what they do when nothing goes wrong, and each in its famous trouble.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/turns.hpp"

namespace lockstep {
namespace {

class EveryRecordLock : public testing::TestWithParam<std::string> {};

std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) {
    const bool on_records = backend.name.starts_with("k8s-") ||
                            backend.name.starts_with("dynamodb-") ||
                            backend.name.starts_with("gcs-");
    if (on_records && !backend.replicated) names.emplace_back(backend.name);
  }
  return names;
}
INSTANTIATE_TEST_SUITE_P(Records, EveryRecordLock, testing::ValuesIn(names_of_all()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// The record's owner is cancelled late, and not in tests of anything else.
LocksPlay::Sets calm(const std::string& lock) {
  LocksPlay::Sets sets{{"lease", Duration(10s)}};
  if (lock == "k8s-release-on-cancel") sets.push_back({"cancel_within", Duration(1000h)});
  return sets;
}

TEST_P(EveryRecordLock, LetsClientsInOneAtATime) {
  LocksPlay play(GetParam(), calm(GetParam()));
  const Turns turns = turns_of_three(play, 300s);
  EXPECT_EQ(turns.most, 1);
  EXPECT_EQ(turns.count, 15);
}

TEST_P(EveryRecordLock, TellsTheRecordOfGrantsAndEndsInTurn) {
  LocksPlay play(GetParam(), calm(GetParam()));
  for (const char* name : {"ann", "bob"}) {
    const auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    EXPECT_EQ(play.grants.back().owner, lease->owner);
    ASSERT_TRUE(play.release(name, *lease));
  }
  std::vector<GrantChange> changes;
  for (const GrantNote& note : play.grants) {
    EXPECT_EQ(note.lock, "a");
    if (note.change != GrantChange::renewed) changes.push_back(note.change);
  }
  EXPECT_THAT(changes, testing::ElementsAre(GrantChange::granted, GrantChange::released,
                                            GrantChange::granted, GrantChange::released));
}

TEST_P(EveryRecordLock, IsRenewedForAsLongAsItsHolderWorks) {
  LocksPlay play(GetParam(), calm(GetParam()));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  EXPECT_FALSE(play.gets_it("bob", 60s));
  EXPECT_TRUE(play.believes("ann", *ann));
  ASSERT_TRUE(play.release("ann", *ann));
  EXPECT_TRUE(play.gets_it("bob", 50s));
}

TEST_P(EveryRecordLock, OfADeadHolderIsTakenOverOnceItsRecordStayedUnchangedForTheLease) {
  LocksPlay play(GetParam(), calm(GetParam()));
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  const WorldTime began = play.world.now();
  const auto bob = play.acquire("bob", 60s);
  ASSERT_TRUE(bob);
  EXPECT_GE(play.world.now() - began, 9s);
  std::vector<GrantChange> changes;
  for (const GrantNote& note : play.grants) changes.push_back(note.change);
  EXPECT_THAT(changes, testing::Contains(GrantChange::expired));
  EXPECT_EQ(play.grants.back().owner, bob->owner);
}

TEST_P(EveryRecordLock, GivesTokensThatRiseOrNone) {
  LocksPlay play(GetParam(), calm(GetParam()));
  std::vector<std::uint64_t> tokens;
  for (const char* name : {"ann", "bob", "ann"}) {
    const auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    tokens.push_back(lease->token);
    ASSERT_TRUE(play.release(name, *lease));
  }
  if (play.backend.claims.ordered_token) {
    EXPECT_LT(tokens[0], tokens[1]);
    EXPECT_LT(tokens[1], tokens[2]);
  } else {
    EXPECT_THAT(tokens, testing::Each(0u));
  }
}

TEST_P(EveryRecordLock, EndsAWaitInHeldWhenPatienceRunsOut) {
  LocksPlay play(GetParam(), calm(GetParam()));
  ASSERT_TRUE(play.acquire("ann"));
  const auto bob = play.acquire("bob", 3s);
  ASSERT_FALSE(bob);
  EXPECT_EQ(bob.error().code, ErrorCode::held);
}

TEST_P(EveryRecordLock, SurvivesTheLossOfPowerOfItsStore) {
  LocksPlay play(GetParam(), calm(GetParam()));
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.server->power_off();
  play.server->start();
  EXPECT_FALSE(play.gets_it("bob", 30s));
  EXPECT_TRUE(play.believes("ann", *ann));
  EXPECT_TRUE(play.release("ann", *ann));
}

/// Ann is paused beyond her lease, and Bob gets in: does she still believe as she wakes?
bool believes_after_a_pause(std::string_view lock) {
  LocksPlay play(lock, calm(std::string(lock)));
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.client("ann").node.pause();
  EXPECT_TRUE(play.gets_it("bob", 60s));
  play.resume("ann");
  return play.believes("ann", *ann);
}

TEST_P(EveryRecordLock, IsOverForAHolderWhoWakesTooLateIfItLooks) {
  const Backend& backend = *find_backend(GetParam());
  EXPECT_EQ(believes_after_a_pause(GetParam()), !backend.claims.checks_lease);
}

/// A store without a leader for so long, as its clients see it.
LocksPlay::Sets away_for(Duration length) {
  return {{"lease", Duration(10s)}, {"failover_time", length}};
}

/// Ann's lease, 12 s into a store without a leader.
bool believes_through_503(std::string_view lock) {
  LocksPlay play(lock, away_for(60s));
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.server->kill();
  play.server->start();
  play.pass(12s);
  return play.believes("ann", *ann);
}

TEST(DynamoDbLock, OutlivesItsLeaseOnlyIfA503ProlongsIt) {
  EXPECT_TRUE(believes_through_503("dynamodb-hold-on-503"));
  EXPECT_FALSE(believes_through_503("dynamodb-lock"));
  EXPECT_FALSE(believes_through_503("k8s-lease"));
}

/// The answer to one of Ann's heartbeats is lost: does she still hold the lock 20 s later?
bool survives_a_lost_answer(bool resync) {
  LocksPlay play("dynamodb-lock", {{"lease", Duration(10s)}, {"resync", resync}});
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  sim::Node& node = play.client("ann").node;
  sim::Link& back = play.world.link(play.server->id(), node.id());
  play.pass(3s);  // the first heartbeat opens the connection
  play.at_step("ann", "renewing", [&back](sim::Node&) { back.trouble.cuts = 1; });
  play.pass(4s);
  back.trouble.cuts = 0;
  play.pass(20s);
  return play.believes("ann", *ann);
}

TEST(DynamoDbLock, IsLostWithTheAnswerToAHeartbeatUnlessItsOwnerRemembersWhatItSent) {
  EXPECT_FALSE(survives_a_lost_answer(false));
  EXPECT_TRUE(survives_a_lost_answer(true));
}

/// Ann releases while one of her heartbeats is on its way: can Bob have the lock within a minute?
bool is_free_after_a_release_during_a_heartbeat(bool heartbeat_after_release) {
  LocksPlay play("dynamodb-lock",
                 {{"lease", Duration(10s)}, {"heartbeat_after_release", heartbeat_after_release}});
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  sim::Node& node = play.client("ann").node;
  sim::Link& there = play.world.link(node.id(), play.server->id());
  play.at_step("ann", "renewing",
               [&there](sim::Node&) { there.trouble.delay_min = there.trouble.delay_max = 500ms; });
  play.pass(2700ms);
  there.trouble.delay_min = there.trouble.delay_max = Duration(0);
  const auto released = play.begin_release("ann", *ann);
  play.pass(2s);
  return play.gets_it("bob", 60s);
}

TEST(DynamoDbLock, IsImmortalIfAHeartbeatOutlivesItsRelease) {
  EXPECT_FALSE(is_free_after_a_release_during_a_heartbeat(true));
  EXPECT_TRUE(is_free_after_a_release_during_a_heartbeat(false));
}

/// Bob's wall clock is an hour ahead: does he get the lock that Ann holds and renews?
bool a_clock_ahead_takes_it(std::string_view lock) {
  LocksPlay play(lock, calm(std::string(lock)));
  EXPECT_TRUE(play.acquire("ann"));
  play.client("bob").node.jump_wall(1h);
  return play.gets_it("bob", 5s);
}

TEST(RecordLocks, ThatCompareATimeInTheRecordFallToAClockThatIsAhead) {
  EXPECT_TRUE(a_clock_ahead_takes_it("k8s-lease-renewtime"));
  EXPECT_TRUE(a_clock_ahead_takes_it("gcs-lock"));
  EXPECT_FALSE(a_clock_ahead_takes_it("k8s-lease"));
  EXPECT_FALSE(a_clock_ahead_takes_it("dynamodb-lock"));
}

TEST(K8sLease, CancelledEmptiesTheRecordWhileItsHolderBelieves) {
  LocksPlay play("k8s-release-on-cancel",
                 {{"lease", Duration(10s)}, {"cancel_within", Duration(1ms)}});
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  EXPECT_TRUE(play.gets_it("bob", 5s));
  EXPECT_TRUE(play.believes("ann", *ann));
}

/// Bob, whose own lease is a second, waits for a lock that Ann, whose lease is ten, has not renewed
/// for two: does he take it?
bool a_short_lease_takes_a_long_one(bool own_duration) {
  LocksPlay play(
      "k8s-lease",
      {{"lease", Duration(10s)}, {"retry_period", Duration(4s)}, {"own_duration", own_duration}});
  EXPECT_TRUE(play.acquire("ann"));
  play.client("bob", {{"lease", Duration(1s)}, {"retry_period", Duration(200ms)}});
  return play.gets_it("bob", 3s);
}

TEST(K8sLease, IsTakenTooEarlyByACandidateWhoTimesWithItsOwnDuration) {
  EXPECT_TRUE(a_short_lease_takes_a_long_one(true));
  EXPECT_FALSE(a_short_lease_takes_a_long_one(false));
}

/// Ann's renewals hang: does she believe after her renew deadline?
bool a_hanging_renewal_is_believed(bool watch_deadline) {
  LocksPlay play("k8s-lease", {{"lease", Duration(10s)},
                               {"request_timeout", Duration(0)},
                               {"watch_deadline", watch_deadline}});
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  sim::Link& back = play.world.link(play.server->id(), play.client("ann").node.id());
  back.trouble.delay_min = back.trouble.delay_max = 60s;
  play.pass(25s);
  EXPECT_TRUE(play.gets_it("bob", 20s));
  return play.believes("ann", *ann);
}

TEST(K8sLease, OutlastsItsDeadlineWhileARenewalHangsUnlessTheDeadlineIsWatched) {
  EXPECT_TRUE(a_hanging_renewal_is_believed(false));
  EXPECT_FALSE(a_hanging_renewal_is_believed(true));
}

}  // namespace
}  // namespace lockstep
