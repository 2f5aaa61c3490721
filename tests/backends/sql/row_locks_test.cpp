// Rows with an expiry, and locks on names, as their clients use them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/backends/locks_play.hpp"

namespace lockstep {
namespace {

const std::vector<std::string_view> rows = {"row-ttl-dbtime", "row-ttl-clienttime",
                                            "row-ttl-txntime", "row-owner-host"};
const std::vector<std::string_view> named = {"mysql-getlock", "mssql-applock"};

LocksPlay::Sets quick(std::string_view lock) {
  LocksPlay::Sets sets;
  if (lock.starts_with("row")) sets.push_back({"transaction_age", Duration(5ms)});
  return sets;
}

TEST(SqlLocks, LetOneInAfterTheOther) {
  std::vector<std::string_view> all = rows;
  all.insert(all.end(), named.begin(), named.end());
  for (const std::string_view lock : all) {
    LocksPlay play(lock, quick(lock));
    for (const char* name : {"ann", "bob", "ann"}) {
      const auto lease = play.acquire(name);
      ASSERT_TRUE(lease) << lock;
      EXPECT_EQ(play.grants.back().change, GrantChange::granted) << lock;
      EXPECT_EQ(play.grants.back().owner, lease->owner) << lock;
      EXPECT_FALSE(play.gets_it("cleo", 1s)) << lock;
      ASSERT_TRUE(play.release(name, *lease)) << lock;
      EXPECT_EQ(play.grants.back().change, GrantChange::released) << lock;
    }
  }
}

TEST(RowTtl, OfADeadHolderIsTakenOverWhenItIsPast) {
  for (const std::string_view lock : rows) {
    LocksPlay play(lock, quick(lock));
    ASSERT_TRUE(play.acquire("ann")) << lock;
    play.crash("ann");
    EXPECT_FALSE(play.gets_it("bob", 8s)) << lock;
    EXPECT_TRUE(play.gets_it("bob", 4s)) << lock;
    std::vector<GrantChange> changes;
    for (const GrantNote& note : play.grants) changes.push_back(note.change);
    EXPECT_THAT(changes, testing::ElementsAre(GrantChange::granted, GrantChange::expired,
                                              GrantChange::granted));
  }
}

TEST(RowTtl, CountsItsGrants) {
  LocksPlay play("row-ttl-dbtime");
  std::uint64_t before = 0;
  for (const char* name : {"ann", "bob"}) {
    const auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    EXPECT_GT(lease->token, before);
    before = lease->token;
    ASSERT_TRUE(play.release(name, *lease));
  }
}

TEST(RowTtl, IsKeptThroughTheLossOfPowerAndToldOfAgain) {
  LocksPlay play("row-ttl-dbtime");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.server->power_off();
  play.server->start();
  EXPECT_FALSE(play.gets_it("bob", 3s));
  EXPECT_EQ(play.grants.back().change, GrantChange::granted);
  EXPECT_EQ(play.grants.back().owner, ann->owner);
}

TEST(RowTtl, StopsItsClientBeforeTheDatabaseDoesIfItChecks) {
  LocksPlay play("row-ttl-dbtime");
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  play.pass(9950ms);
  EXPECT_FALSE(play.believes("ann", *ann));
  LocksPlay trusting("row-owner-host");
  const auto bob = trusting.acquire("bob");
  ASSERT_TRUE(bob);
  trusting.pass(20s);
  EXPECT_TRUE(trusting.believes("bob", *bob));
}

/// Bob's clock is an hour ahead: does he take what Ann holds?
bool a_clock_ahead_takes_it(std::string_view lock) {
  LocksPlay play(lock, quick(lock));
  EXPECT_TRUE(play.acquire("ann"));
  play.client("bob").node.jump_wall(1h);
  return play.gets_it("bob", 1s);
}

TEST(RowTtl, ByTheClientsClockFallsToOneThatIsAhead) {
  EXPECT_TRUE(a_clock_ahead_takes_it("row-ttl-clienttime"));
  EXPECT_FALSE(a_clock_ahead_takes_it("row-ttl-dbtime"));
}

TEST(RowTtl, InAnOldTransactionIsShorterThanItsHolderBelieves) {
  LocksPlay play("row-ttl-txntime", {{"transaction_age", Duration(9s)}});
  // Some of the transactions in which Ann takes the lock are older than those of Bob.
  int stolen = 0;
  for (int i = 0; i < 20; ++i) {
    const auto ann = play.acquire("ann");
    ASSERT_TRUE(ann);
    const auto bob = play.acquire("bob", 9s);
    if (!bob) {
      ASSERT_TRUE(play.release("ann", *ann));
      continue;
    }
    ++stolen;
    ASSERT_TRUE(play.release("bob", *bob));
  }
  EXPECT_GT(stolen, 0);
}

/// Ann's lease is over and Bob has the lock; then she releases what she thinks is hers.
bool a_late_release_frees_the_next(std::string_view lock) {
  LocksPlay play(lock);
  const auto ann = play.acquire("ann");
  EXPECT_TRUE(ann);
  play.pass(11s);
  EXPECT_TRUE(play.gets_it("bob"));
  (void)play.release("ann", *ann);
  return play.gets_it("cleo", 1s);
}

TEST(RowTtl, OwnedByAHostIsReleasedByAnotherOfItsProcesses) {
  EXPECT_TRUE(a_late_release_frees_the_next("row-owner-host"));
  EXPECT_FALSE(a_late_release_frees_the_next("row-ttl-clienttime"));
}

TEST(RowTtl, StaysLockedAfterAReleaseForAsLongAsItMust) {
  LocksPlay play("row-ttl-dbtime", {{"lock_at_least", Duration(5s)}});
  const auto ann = play.acquire("ann");
  ASSERT_TRUE(ann);
  ASSERT_TRUE(play.release("ann", *ann));
  EXPECT_FALSE(play.gets_it("bob", 4s));
  EXPECT_TRUE(play.gets_it("bob", 2s));
}

TEST(MySqlGetLock, IsFreedByItsHoldersSecondLockOnAnOldServerAlone) {
  for (const char* lock : {"mysql-getlock", "mysql-getlock-56"}) {
    LocksPlay play(lock);
    ASSERT_TRUE(play.acquire("ann"));
    EXPECT_EQ(play.gets_it("bob", 1s), std::string_view(lock) == "mysql-getlock-56");
  }
}

TEST(MsSqlApplock, RunsWithoutTheLockWhenItsReturnCodeIsIgnored) {
  for (const char* lock : {"mssql-applock", "mssql-applock-rc-ignored"}) {
    LocksPlay play(lock);
    ASSERT_TRUE(play.acquire("ann"));
    EXPECT_EQ(play.gets_it("bob", 1s), std::string_view(lock) == "mssql-applock-rc-ignored");
  }
}

TEST(NamedLocks, EndWithTheSessionOfADeadHolder) {
  for (const std::string_view lock : named) {
    LocksPlay play(lock);
    ASSERT_TRUE(play.acquire("ann"));
    play.crash("ann");
    EXPECT_TRUE(play.gets_it("bob", 1s));
  }
}

}  // namespace
}  // namespace lockstep
