// What the locks on PostgreSQL do when nothing goes wrong, when their holder dies, and when their
// server forgets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/turns.hpp"

namespace lockstep {
namespace {

class PostgresLock : public testing::TestWithParam<std::string> {};

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Sql, PostgresLock,
                         testing::Values("pg-session", "pg-session-same-conn", "pg-xact",
                                         "pg-session-autoreconnect", "pg-deadlock-keep",
                                         "pg-for-update"),
                         test_name);

TEST_P(PostgresLock, LetsClientsInOneAtATime) {
  LocksPlay play(GetParam());
  const Turns turns = turns_of_three(play, 60s);
  EXPECT_EQ(turns.most, 1);
  EXPECT_EQ(turns.count, 15);
}

TEST_P(PostgresLock, TellsTheRecordOfGrantsAndEndsInTurnByTheOwnersName) {
  LocksPlay play(GetParam());
  std::vector<GrantChange> changes;
  for (const char* name : {"ann", "bob"}) {
    const auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    EXPECT_EQ(play.grants.back().owner, lease->owner);
    EXPECT_EQ(play.grants.back().lock, "a");
    ASSERT_TRUE(play.release(name, *lease));
  }
  for (const GrantNote& note : play.grants) changes.push_back(note.change);
  EXPECT_THAT(changes, testing::ElementsAre(GrantChange::granted, GrantChange::released,
                                            GrantChange::granted, GrantChange::released));
}

TEST_P(PostgresLock, EndsAWaitInHeldWhenPatienceRunsOut) {
  LocksPlay play(GetParam());
  ASSERT_TRUE(play.acquire("ann"));
  const WorldTime began = play.world.now();
  const auto lease = play.acquire("bob", 3s);
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().code, ErrorCode::held);
  EXPECT_LE(play.world.now() - began, 3100ms);
  EXPECT_GE(play.world.now() - began, 2900ms);
}

TEST_P(PostgresLock, LetsTheNextInAtOnceAfterAHolderThatDied) {
  LocksPlay play(GetParam());
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_TRUE(play.gets_it("bob"));
}

TEST_P(PostgresLock, IsKeptForAPausedHolder) {
  LocksPlay play(GetParam());
  ASSERT_TRUE(play.acquire("ann"));
  play.client("ann").node.pause();
  EXPECT_FALSE(play.gets_it("bob", 300s));
}

TEST_P(PostgresLock, IsForgottenByAServerThatStartsAgain) {
  LocksPlay play(GetParam());
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.server->kill();
  play.server->start();
  play.pass(100ms);
  EXPECT_TRUE(play.gets_it("bob", 5s));
  const auto late = play.release("ann", *lease);
  EXPECT_FALSE(late);
}

using Value = Result<StoredValue>;

Value read(LocksPlay& play, const std::string& who, const Lease& lease) {
  LocksPlay::Actor& actor = play.client(who);
  return play.outcome(play.begin(actor, actor.lock->guarded_read(lease, "sum")));
}
Value write(LocksPlay& play, const std::string& who, const Lease& lease, std::int64_t value) {
  LocksPlay::Actor& actor = play.client(who);
  return play.outcome(play.begin(actor, actor.lock->guarded_write(lease, "sum", value)));
}

TEST(PostgresStore, IsGuardedForTheHolderAlone) {
  for (const char* name : {"pg-session-same-conn", "pg-xact", "pg-for-update"}) {
    LocksPlay play(name);
    const auto lease = play.acquire("ann");
    ASSERT_TRUE(lease);
    ASSERT_TRUE(write(play, "ann", *lease, 7)) << name;
    EXPECT_EQ(read(play, "ann", *lease)->value, 7) << name;
    EXPECT_EQ(read(play, "ann", *lease)->version, 1u) << name;
    ASSERT_TRUE(play.release("ann", *lease));
    const auto late = write(play, "ann", *lease, 8);
    ASSERT_FALSE(late) << name;
    EXPECT_EQ(late.error().code, ErrorCode::lost) << name;
    const auto next = play.acquire("bob");
    ASSERT_TRUE(next);
    EXPECT_EQ(read(play, "bob", *next)->value, 7) << name;
  }
}

TEST(PostgresStore, OfATransactionIsWrittenAtTheReleaseOrNever) {
  for (const char* name : {"pg-xact", "pg-for-update"}) {
    LocksPlay play(name);
    const auto lease = play.acquire("ann");
    ASSERT_TRUE(lease);
    ASSERT_TRUE(write(play, "ann", *lease, 7));
    play.crash("ann");
    const auto next = play.acquire("bob");
    ASSERT_TRUE(next);
    EXPECT_EQ(read(play, "bob", *next)->value, 0) << name;
  }
}

TEST(PostgresTokens, RiseWithEveryGrantAndOverARestart) {
  LocksPlay play("pg-session");
  std::uint64_t last = 0;
  for (int i = 0; i < 4; ++i) {
    const auto lease = play.acquire("ann");
    ASSERT_TRUE(lease);
    EXPECT_GT(lease->token, last);
    last = lease->token;
    if (i != 1) {
      ASSERT_TRUE(play.release("ann", *lease));
      continue;
    }
    play.server->kill();
    play.server->start();
    play.pass(100ms);
    (void)play.release("ann", *lease);
  }
}

TEST(PostgresNoLock, LosesAnUpdateUnlessReadsAreRepeatable) {
  for (const bool repeatable : {false, true}) {
    LocksPlay::Sets sets;
    if (repeatable) sets.push_back({"isolation", std::string("repeatable read")});
    LocksPlay play("pg-read-then-update", sets);
    const auto first = play.acquire("zoe");
    ASSERT_TRUE(write(play, "zoe", *first, 1));
    ASSERT_TRUE(play.release("zoe", *first));
    const auto ann = play.acquire("ann");
    const auto bob = play.acquire("bob");
    ASSERT_TRUE(ann && bob);
    EXPECT_EQ(read(play, "ann", *ann)->value, 1);
    EXPECT_EQ(read(play, "bob", *bob)->value, 1);
    ASSERT_TRUE(write(play, "ann", *ann, 2));
    ASSERT_TRUE(play.release("ann", *ann));
    EXPECT_EQ(write(play, "bob", *bob, 2).has_value(), !repeatable);
    EXPECT_EQ(play.release("bob", *bob).has_value(), !repeatable);
  }
}

TEST(PostgresDeadlock, LeavesAVictimThatKeepsItsLocksWaitingForEver) {
  LocksPlay play("pg-deadlock-keep");
  LocksPlay::Actor& ann = play.client("ann");
  LocksPlay::Actor& bob = play.client("bob");
  ASSERT_TRUE(play.outcome(play.begin(ann, ann.lock->acquire("x", 60s))));
  ASSERT_TRUE(play.outcome(play.begin(bob, bob.lock->acquire("y", 60s))));
  const auto one = play.begin(ann, ann.lock->acquire("y", 500s));
  const auto other = play.begin(bob, bob.lock->acquire("x", 500s));
  play.pass(400s);
  EXPECT_FALSE(*one);
  EXPECT_FALSE(*other);
}

TEST(PostgresDeadlock, IsToldToTheVictimOfTheLockThatItIsVariantOf) {
  LocksPlay play("pg-session");
  LocksPlay::Actor& ann = play.client("ann");
  LocksPlay::Actor& bob = play.client("bob");
  ASSERT_TRUE(play.outcome(play.begin(ann, ann.lock->acquire("x", 60s))));
  ASSERT_TRUE(play.outcome(play.begin(bob, bob.lock->acquire("y", 60s))));
  const auto one = play.begin(ann, ann.lock->acquire("y", 500s));
  const auto other = play.begin(bob, bob.lock->acquire("x", 500s));
  play.pass(10s);
  ASSERT_TRUE(*one || *other);
  EXPECT_FALSE(*one && *other);
  EXPECT_EQ((*one ? **one : **other).error().code, ErrorCode::held);
}

TEST(PostgresAutoReconnect, LosesTheLockWithoutAWord) {
  LocksPlay play("pg-session-autoreconnect");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.server->kill();
  play.server->start();
  play.pass(5s);  // the driver has reconnected
  EXPECT_TRUE(play.believes("ann", *lease));
  EXPECT_TRUE(play.losses.empty());
  EXPECT_TRUE(play.gets_it("bob", 5s));
}

}  // namespace
}  // namespace lockstep
