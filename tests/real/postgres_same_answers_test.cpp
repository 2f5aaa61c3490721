// The rows of E4 in research/lock-algorithms.md on a real PostgreSQL and on the simulated one: one
// test per row, in its order.
#include <gtest/gtest.h>

#include "tests/real/postgres_pair.hpp"

namespace lockstep::sql {
namespace {

class SameAnswers : public testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresProcess::installed()) GTEST_SKIP() << PostgresProcess::how_to_install;
    pair = std::make_unique<PostgresPair>();
  }
  std::string say(const std::string& who, const Statement& statement) {
    return pair->say(who, statement);
  }
  std::string heard(const std::string& who) { return pair->heard(who); }

  std::unique_ptr<PostgresPair> pair;
};

TEST_F(SameAnswers, ToLocksThatStack) {
  say("a", lock(1));
  say("a", lock(1));
  say("a", unlock(1));
  EXPECT_EQ(say("b", try_lock(1)), "0");
  say("a", unlock(1));
  EXPECT_EQ(say("b", try_lock(1)), "1");
  say("b", unlock(1));
  EXPECT_EQ(say("b", unlock(1)), "0");
  say("a", lock(2));
  say("a", lock_shared(3));
  say("a", simple(Verb::unlock_all));
  EXPECT_EQ(say("b", try_lock(2)), "1");
  EXPECT_EQ(say("b", try_lock(3)), "1");
}

TEST_F(SameAnswers, ToLocksAndUnlocksThatAreRolledBack) {
  say("a", begin());
  say("a", lock(1));
  say("a", simple(Verb::rollback));
  EXPECT_EQ(say("b", try_lock(1)), "0");
  say("a", begin());
  say("a", unlock(1));
  say("a", simple(Verb::rollback));
  EXPECT_EQ(say("b", try_lock(1)), "1");
}

TEST_F(SameAnswers, ToTransactionLocksAndSavepoints) {
  say("a", begin());
  say("a", lock_xact(1));
  say("a", named(Verb::savepoint, "s"));
  say("a", lock_xact(2));
  EXPECT_EQ(say("b", try_lock(2)), "0");
  say("a", named(Verb::rollback_to, "s"));
  EXPECT_EQ(say("b", try_lock(2)), "1");
  EXPECT_EQ(say("b", try_lock(1)), "0");
  EXPECT_EQ(say("a", unlock(1)), "0");
  say("a", named(Verb::rollback_to, "nowhere"));
  EXPECT_EQ(say("a", lock(5)), "25P02");
  say("a", simple(Verb::commit));
  EXPECT_EQ(say("b", try_lock(1)), "1");
}

TEST_F(SameAnswers, ToATransactionLockOutsideATransaction) {
  say("a", lock_xact(1));
  EXPECT_EQ(say("b", try_lock(1)), "1");
}

TEST_F(SameAnswers, ToTheTwoKeySpaces) {
  say("a", lock(1));
  EXPECT_EQ(say("b", lock_statement(Verb::try_lock, advisory_key(0, 1))), "1");
  EXPECT_EQ(say("b", try_lock(1)), "0");
}

TEST_F(SameAnswers, ToADeadlockWhoseVictimKeepsItsLocks) {
  say("a", lock(10));
  say("b", lock(11));
  EXPECT_EQ(say("a", lock(11)), "waits");
  EXPECT_EQ(say("b", lock(10)), "waits");
  pair->pass(deadlock_timeout * 2);
  EXPECT_EQ(heard("a"), "40P01");
  EXPECT_EQ(heard("b"), "waits");
  EXPECT_EQ(say("c", try_lock(10)), "0");
  EXPECT_EQ(say("c", try_lock(11)), "0");
  say("a", unlock(10));
  EXPECT_EQ(heard("b"), "1");
}

TEST_F(SameAnswers, ToAQueue) {
  say("holder", lock(1));
  for (const char* name : {"w0", "w1", "w2", "w3"}) EXPECT_EQ(say(name, lock(1)), "waits");
  say("holder", unlock(1));
  EXPECT_EQ(say("late", try_lock(1)), "0");
  for (const char* name : {"w0", "w1", "w2"}) {
    EXPECT_EQ(heard(name), "1");
    EXPECT_EQ(heard("w3"), "waits");
    say(name, unlock(1));
  }
  EXPECT_EQ(heard("w3"), "1");
}

TEST_F(SameAnswers, ToSharedLocksBehindAnExclusiveOne) {
  say("reader", lock_shared(1));
  EXPECT_EQ(say("writer", lock(1)), "waits");
  EXPECT_EQ(say("late", try_lock(1, LockMode::shared)), "0");
  EXPECT_EQ(say("late", lock_shared(1)), "waits");
  pair->leave("reader");
  EXPECT_EQ(heard("writer"), "1");
  EXPECT_EQ(heard("late"), "waits");
  say("writer", unlock(1));
  EXPECT_EQ(heard("late"), "1");
}

TEST_F(SameAnswers, ToTheEndOfAHoldersSession) {
  say("a", lock(1));
  EXPECT_EQ(say("b", lock(1)), "waits");
  pair->leave("a");
  EXPECT_EQ(heard("b"), "1");
}

TEST_F(SameAnswers, ToAHolderThatIsTerminated) {
  say("a", lock(1));
  EXPECT_EQ(say("b", lock(1)), "waits");
  pair->terminate("a");
  EXPECT_EQ(heard("b"), "1");
  // The holder learns at its next query.
  const PostgresAnswer next = pair->next_answer("a");
  EXPECT_TRUE(next.error == "57P01" || next.error == "over") << next.error;
}

TEST_F(SameAnswers, ToTimeouts) {
  say("a", lock(1));
  say("b", set_timeout("lock_timeout", std::chrono::milliseconds(200)));
  EXPECT_EQ(say("b", lock(1)), "waits");
  pair->pass(std::chrono::milliseconds(800));
  EXPECT_EQ(heard("b"), "55P03");
  say("c", set_timeout("statement_timeout", std::chrono::milliseconds(200)));
  EXPECT_EQ(say("c", lock(1)), "waits");
  pair->pass(std::chrono::milliseconds(800));
  EXPECT_EQ(heard("c"), "57014");
}

TEST_F(SameAnswers, ToRowLocks) {
  say("a", insert_number("x", 1));
  say("a", insert_number("y", 2));
  EXPECT_EQ(say("a", insert_number("x", 9)), "0");
  say("a", begin());
  say("a", select_row("t", "x", RowLock::wait));
  EXPECT_EQ(say("b", select_row("t", "x", RowLock::nowait)), "55P03");
  Statement next = select_row("t", "", RowLock::skip_locked);
  next.number = 1;
  EXPECT_EQ(say("b", next), "y=2 ");
  EXPECT_EQ(say("b", select_row("t", "x")), "x=1 ");
  EXPECT_EQ(say("b", select_row("t", "x", RowLock::wait)), "waits");
  say("a", set_number("x", 5));
  say("a", simple(Verb::commit));
  EXPECT_EQ(heard("b"), "x=5 ");
}

TEST_F(SameAnswers, ToUpdatesThatWaited) {
  say("a", insert_number("x", 1));
  say("a", begin());
  say("a", add_number("x", 10));
  EXPECT_EQ(say("b", add_number("x", 100)), "waits");
  Statement if_one = set_number("x", 7);
  if_one.where.push_back({"value", Comparison::equal, literal(std::int64_t{1})});
  EXPECT_EQ(say("c", if_one), "waits");
  say("a", simple(Verb::commit));
  EXPECT_EQ(heard("b"), "1");
  EXPECT_EQ(heard("c"), "0");
  EXPECT_EQ(say("c", select_row("t", "x")), "x=111 ");
}

TEST_F(SameAnswers, ToReadThenUpdate) {
  for (const Isolation isolation : {Isolation::read_committed, Isolation::repeatable_read}) {
    const bool strict = isolation == Isolation::repeatable_read;
    const std::string row = strict ? "strict" : "lax";
    say("a", insert_number(row, 1));
    for (const char* who : {"a", "b"}) {
      say(who, begin(isolation));
      EXPECT_EQ(say(who, select_row("t", row)), row + "=1 ");
    }
    say("a", set_number(row, 2));
    EXPECT_EQ(say("b", set_number(row, 2)), "waits");
    say("a", simple(Verb::commit));
    EXPECT_EQ(heard("b"), strict ? "40001" : "1");
    say("b", simple(Verb::commit));
    EXPECT_EQ(say("a", select_row("t", row)), row + "=2 ");
  }
}

TEST_F(SameAnswers, ToADeadlockOverRows) {
  say("a", insert_number("x", 1));
  say("a", insert_number("y", 1));
  say("a", begin());
  say("b", begin());
  say("a", set_number("x", 2));
  say("b", set_number("y", 2));
  EXPECT_EQ(say("a", set_number("y", 3)), "waits");
  EXPECT_EQ(say("b", set_number("x", 3)), "waits");
  pair->pass(deadlock_timeout * 2);
  EXPECT_EQ(heard("a"), "40P01");
  EXPECT_EQ(heard("b"), "1");
}

TEST_F(SameAnswers, ToSequencesAndUpserts) {
  EXPECT_EQ(say("a", named(Verb::nextval, "s")), "1");
  say("a", begin());
  EXPECT_EQ(say("a", named(Verb::nextval, "s")), "2");
  say("a", simple(Verb::rollback));
  EXPECT_EQ(say("b", named(Verb::nextval, "s")), "3");
  const auto take = [](const std::string& who) {
    const Assignment owner{"owner", literal(who)};
    const Assignment until{"until", clock_time(std::chrono::hours(1))};
    return insert_row("t", "lease", {owner, until}, {owner, until},
                      {{"until", Comparison::less_or_equal, clock_time()}});
  };
  EXPECT_EQ(say("a", take("a")), "1");
  EXPECT_EQ(say("b", take("b")), "0");
  say("a", update_row("t", "lease", {{"until", clock_time()}}));
  EXPECT_EQ(say("b", take("b")), "1");
}

}  // namespace
}  // namespace lockstep::sql
