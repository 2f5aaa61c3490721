// Advisory locks, line by line as PostgreSQL 15 was seen to have them (lock-algorithms.md, A1.5 and
// E4).
#include <gtest/gtest.h>

#include "tests/backends/sql/database_play.hpp"

namespace lockstep::sql {
namespace {

TEST(AdvisoryLocks, StackAndNeedAsManyUnlocks) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", lock(1)), "1");
  EXPECT_EQ(play.say("a", lock(1)), "1");
  EXPECT_EQ(play.say("a", unlock(1)), "1");
  EXPECT_EQ(play.say("b", try_lock(1)), "0");
  EXPECT_EQ(play.say("a", unlock(1)), "1");
  EXPECT_EQ(play.say("b", try_lock(1)), "1");
}

TEST(AdvisoryLocks, OfASessionSurviveItsRollback) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", lock(1));
  play.say("a", simple(Verb::rollback));
  EXPECT_EQ(play.say("b", try_lock(1)), "0");
}

TEST(AdvisoryLocks, StayUnlockedWhenTheUnlockIsRolledBack) {
  DatabasePlay play;
  play.say("a", lock(1));
  play.say("a", begin());
  EXPECT_EQ(play.say("a", unlock(1)), "1");
  play.say("a", simple(Verb::rollback));
  EXPECT_EQ(play.say("b", try_lock(1)), "1");
}

TEST(AdvisoryLocks, OfATransactionEndWithItsCommitOrRollback) {
  for (const Verb end : {Verb::commit, Verb::rollback}) {
    DatabasePlay play;
    play.say("a", begin());
    EXPECT_EQ(play.say("a", lock_xact(1)), "1");
    EXPECT_EQ(play.say("b", try_lock(1)), "0");
    play.say("a", simple(end));
    EXPECT_EQ(play.say("b", try_lock(1)), "1");
  }
}

TEST(AdvisoryLocks, OfATransactionEndWithARollbackToAnEarlierSavepoint) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", lock_xact(1));
  play.say("a", named(Verb::savepoint, "s"));
  play.say("a", lock_xact(2));
  play.say("a", named(Verb::rollback_to, "s"));
  EXPECT_EQ(play.say("b", try_lock(1)), "0");
  EXPECT_EQ(play.say("b", try_lock(2)), "1");
}

TEST(AdvisoryLocks, OfATransactionCannotBeUnlockedByHand) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", lock_xact(1));
  EXPECT_EQ(play.say("a", unlock(1)), "0");
  EXPECT_EQ(play.say("b", try_lock(1)), "0");
}

TEST(AdvisoryLocks, OfAStatementsOwnTransactionAreFreeAtOnce) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", lock_xact(1)), "1");
  EXPECT_EQ(play.say("b", try_lock(1)), "1");
}

TEST(AdvisoryLocks, WarnWhoUnlocksWhatIsNotTheirs) {
  DatabasePlay play;
  play.say("a", lock(1));
  const auto answer = play.ask("b", unlock(1));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->failed());
  EXPECT_EQ(answer->number, 0);
  EXPECT_NE(answer->text.find("WARNING"), std::string::npos);
  EXPECT_EQ(play.say("b", try_lock(1)), "0");
}

TEST(AdvisoryLocks, OnOneNumberAndOnTwoAreDisjoint) {
  DatabasePlay play;
  play.say("a", lock(1));
  EXPECT_EQ(play.say("b", lock_statement(Verb::try_lock, advisory_key(0, 1))), "1");
}

TEST(AdvisoryLocks, OfOneDatabaseAreNothingToAnother) {
  DatabasePlay play;
  play.say("a", startup("one"));
  play.say("b", startup("two"));
  play.say("a", lock(1));
  EXPECT_EQ(play.say("b", try_lock(1)), "1");
}

TEST(AdvisoryLocks, AreGrantedInTheOrderOfAskingAndToNobodyBetween) {
  DatabasePlay play;
  play.say("holder", lock(1));
  for (const char* name : {"w0", "w1", "w2", "w3"}) {
    EXPECT_EQ(play.say(name, lock(1)), "waits");
    play.pass(100ms);
  }
  play.say("holder", unlock(1));
  EXPECT_EQ(play.say("late", try_lock(1)), "0");
  for (const char* name : {"w0", "w1", "w2"}) {
    EXPECT_EQ(play.heard(name), "1");
    play.say(name, unlock(1));
  }
  EXPECT_EQ(play.heard("w3"), "1");
}

TEST(AdvisoryLocks, ThatAreSharedDoNotPassAQueuedExclusiveOne) {
  DatabasePlay play;
  play.say("reader", lock_shared(1));
  EXPECT_EQ(play.say("other reader", try_lock(1, LockMode::shared)), "1");
  EXPECT_EQ(play.say("writer", lock(1)), "waits");
  EXPECT_EQ(play.say("late reader", try_lock(1, LockMode::shared)), "0");
  EXPECT_EQ(play.say("late reader", lock_shared(1)), "waits");
  play.leave("reader");
  EXPECT_EQ(play.heard("writer"), "waits");
  play.leave("other reader");
  EXPECT_EQ(play.heard("writer"), "1");
  EXPECT_EQ(play.heard("late reader"), "waits");
}

TEST(AdvisoryLocks, OfASessionAreFreeWhenItEnds) {
  DatabasePlay play;
  play.say("a", lock(1));
  EXPECT_EQ(play.say("b", lock(1)), "waits");
  play.leave("a");
  EXPECT_EQ(play.heard("b"), "1");
}

TEST(AdvisoryLocks, EndADeadlockByAnErrorThatLeavesTheVictimItsOtherLocks) {
  DatabasePlay play;
  play.say("a", lock(10));
  play.say("b", lock(11));
  EXPECT_EQ(play.say("a", lock(11)), "waits");
  play.pass(100ms);
  EXPECT_EQ(play.say("b", lock(10)), "waits");
  play.pass(800ms);
  EXPECT_EQ(play.heard("a"), "waits");
  play.pass(300ms);
  // The first whose deadlock_timeout ends finds the cycle; the other one goes on waiting.
  EXPECT_EQ(play.heard("a"), deadlock_detected);
  EXPECT_EQ(play.heard("b"), "waits");
  EXPECT_EQ(play.say("c", try_lock(10)), "0");
  EXPECT_EQ(play.say("c", try_lock(11)), "0");
  play.pass(60s);
  EXPECT_EQ(play.heard("b"), "waits");
}

TEST(AdvisoryLocks, WaitNoLongerThanTheLockTimeout) {
  DatabasePlay play;
  play.say("a", lock(1));
  play.say("b", set_timeout("lock_timeout", 300ms));
  EXPECT_EQ(play.say("b", lock(1)), "waits");
  play.pass(299ms);
  EXPECT_EQ(play.heard("b"), "waits");
  play.pass(1ms);
  EXPECT_EQ(play.heard("b"), lock_not_available);
  play.say("a", unlock(1));
  EXPECT_EQ(play.say("c", try_lock(1)), "1");
}

TEST(AdvisoryLocks, WaitNoLongerThanTheStatementTimeout) {
  DatabasePlay play;
  play.say("a", lock(1));
  play.say("b", set_timeout("statement_timeout", 300ms));
  EXPECT_EQ(play.say("b", lock(1)), "waits");
  play.pass(300ms);
  EXPECT_EQ(play.heard("b"), query_canceled);
}

TEST(AdvisoryLocks, BehindAWaiterThatGaveUpComeForward) {
  DatabasePlay play;
  play.say("a", lock_shared(1));
  play.say("b", set_timeout("lock_timeout", 300ms));
  EXPECT_EQ(play.say("b", lock(1)), "waits");
  EXPECT_EQ(play.say("c", lock_shared(1)), "waits");
  play.pass(300ms);
  EXPECT_EQ(play.heard("b"), lock_not_available);
  EXPECT_EQ(play.heard("c"), "1");
}

TEST(AdvisoryLocks, OfAStandbyAreItsOwn) {
  DatabasePlay standby;
  standby.database.set_standby(true);
  EXPECT_EQ(standby.say("a", try_lock(1)), "1");
  EXPECT_EQ(standby.say("b", try_lock(1)), "0");
}

}  // namespace
}  // namespace lockstep::sql
