// Rows, transactions and clocks as PostgreSQL 15 has them (lock-algorithms.md, A1.5 and E4).
#include <gtest/gtest.h>

#include "tests/backends/sql/database_play.hpp"

namespace lockstep::sql {
namespace {

std::int64_t value(DatabasePlay& play, const std::string& who, const std::string& key = "x") {
  return play.number(who, select_row("t", key), "value");
}

TEST(Rows, OfATransactionAreSeenByOthersOnceItHasCommitted) {
  DatabasePlay play;
  play.say("a", begin());
  EXPECT_EQ(play.say("a", insert_number("x", 7)), "1");
  EXPECT_EQ(value(play, "a"), 7);
  EXPECT_EQ(value(play, "b"), -1);
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(value(play, "b"), 7);
}

TEST(Rows, OfARolledBackTransactionNeverWere) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", begin());
  play.say("a", set_number("x", 2));
  play.say("a", named(Verb::savepoint, "s"));
  play.say("a", set_number("x", 3));
  play.say("a", named(Verb::rollback_to, "s"));
  EXPECT_EQ(value(play, "a"), 2);
  play.say("a", simple(Verb::rollback));
  EXPECT_EQ(value(play, "a"), 1);
}

TEST(Rows, AnErrorMakesATransactionUselessUntilItsEnd) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", insert_number("x", 1));
  EXPECT_EQ(play.say("a", named(Verb::rollback_to, "nowhere")), no_such_savepoint);
  EXPECT_EQ(play.say("a", select_row("t", "x")), in_failed_transaction);
  const auto end = play.ask("a", simple(Verb::commit));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->text, "ROLLBACK");
  EXPECT_EQ(value(play, "a"), -1);
}

TEST(Rows, AnUpdateThatWaitedLooksAgainUnderReadCommitted) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", begin());
  play.say("a", add_number("x", 10));
  EXPECT_EQ(play.say("b", add_number("x", 100)), "waits");
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.heard("b"), "1");
  EXPECT_EQ(value(play, "b"), 111);
}

TEST(Rows, AnUpdateThatWaitedForARowThatNoLongerMatchesDoesNothing) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", begin());
  play.say("a", set_number("x", 2));
  Statement only_one = set_number("x", 5);
  only_one.where.push_back({"value", Comparison::equal, literal(std::int64_t{1})});
  EXPECT_EQ(play.say("b", only_one), "waits");
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.heard("b"), "0");
}

TEST(Rows, ReadThenUpdateLosesAnUpdateUnderReadCommitted) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  for (const char* who : {"a", "b"}) {
    play.say(who, begin());
    EXPECT_EQ(value(play, who), 1);
  }
  EXPECT_EQ(play.say("a", set_number("x", 2)), "1");
  EXPECT_EQ(play.say("b", set_number("x", 2)), "waits");
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.heard("b"), "1");
  play.say("b", simple(Verb::commit));
  EXPECT_EQ(value(play, "c"), 2);
}

TEST(Rows, ReadThenUpdateIsRefusedUnderRepeatableRead) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  for (const char* who : {"a", "b"}) {
    play.say(who, begin(Isolation::repeatable_read));
    EXPECT_EQ(value(play, who), 1);
  }
  play.say("a", set_number("x", 2));
  EXPECT_EQ(play.say("b", set_number("x", 2)), "waits");
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.heard("b"), serialization_failure);
}

TEST(Rows, ARepeatableReadKeepsSeeingItsSnapshot) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("b", begin(Isolation::repeatable_read));
  EXPECT_EQ(value(play, "b"), 1);
  for (int i = 2; i < 6; ++i) play.say("a", set_number("x", i));
  EXPECT_EQ(value(play, "b"), 1);
  EXPECT_EQ(play.say("b", select_row("t", "x", RowLock::wait)), serialization_failure);
}

TEST(Rows, ForUpdateWaitsOrRefusesOrSkips) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", insert_number("y", 2));
  play.say("a", begin());
  EXPECT_EQ(play.say("a", select_row("t", "x", RowLock::wait)), "1");
  EXPECT_EQ(play.say("b", select_row("t", "x", RowLock::nowait)), lock_not_available);
  Statement next = select_row("t", "", RowLock::skip_locked);
  next.number = 1;
  const auto skipped = play.ask("b", next);
  ASSERT_TRUE(skipped);
  ASSERT_EQ(skipped->rows.size(), 1u);
  EXPECT_EQ(skipped->rows[0].key, "y");
  EXPECT_EQ(play.say("c", select_row("t", "x", RowLock::wait)), "waits");
  EXPECT_EQ(value(play, "d"), 1);  // who only reads does not wait
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.heard("c"), "1");
}

TEST(Rows, RowLocksAreInTheDeadlockDetectorsGraphToo) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", insert_number("y", 1));
  play.say("a", begin());
  play.say("b", begin());
  play.say("a", set_number("x", 2));
  play.say("b", set_number("y", 2));
  EXPECT_EQ(play.say("a", set_number("y", 3)), "waits");
  play.pass(10ms);
  EXPECT_EQ(play.say("b", set_number("x", 3)), "waits");
  play.pass(2s);
  EXPECT_EQ(play.heard("a"), deadlock_detected);
  EXPECT_EQ(play.heard("b"), "1");  // the victim's transaction let go of its row
}

TEST(Rows, AnUpsertTakesOverOnlyWhatItsConditionAllows) {
  DatabasePlay play;
  const auto take = [](const std::string& who) {
    const Assignment owner{"owner", literal(who)};
    const Assignment until{"until", clock_time(10s)};
    const Assignment token{"token", column("token", 1)};
    const Assignment first{"token", literal(std::int64_t{1})};
    return insert_row("lease", "l", {owner, until, first}, {owner, until, token},
                      {{"until", Comparison::less_or_equal, clock_time()}});
  };
  EXPECT_EQ(play.number("a", take("a"), "token"), 1);
  EXPECT_EQ(play.say("b", take("b")), "0");
  play.pass(10s);
  EXPECT_EQ(play.number("b", take("b"), "token"), 2);
}

TEST(Clocks, NowIsTheBeginningOfTheTransaction) {
  DatabasePlay play;
  const std::int64_t began = play.now.wall_us;
  play.say("a", begin());
  play.pass(5s);
  EXPECT_EQ(play.ask("a", evaluate(transaction_time()))->number, began);
  EXPECT_EQ(play.ask("a", evaluate(clock_time()))->number, began + 5'000'000);
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.ask("a", evaluate(transaction_time()))->number, began + 5'000'000);
}

TEST(Clocks, ATimestampIsTakenWhenTheWaitIsOver) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.say("a", begin());
  play.say("a", set_number("x", 2));
  EXPECT_EQ(play.say("b", update_row("t", "x", {{"value", clock_time()}})), "waits");
  play.pass(700ms);
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(value(play, "b"), play.now.wall_us);
}

TEST(Sequences, AreNotTakenBackByARollback) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", named(Verb::nextval, "s")), "1");
  play.say("a", begin());
  EXPECT_EQ(play.say("a", named(Verb::nextval, "s")), "2");
  play.say("a", simple(Verb::rollback));
  EXPECT_EQ(play.say("b", named(Verb::nextval, "s")), "3");
}

TEST(Sessions, TerminatedByAnotherLoseEverything) {
  DatabasePlay play;
  play.say("a", lock(1));
  EXPECT_EQ(play.say("b", lock(1)), "waits");
  Statement terminate = simple(Verb::terminate);
  terminate.number = play.ask("a", simple(Verb::backend))->number;
  EXPECT_EQ(play.say("c", terminate), "1");
  EXPECT_EQ(play.database.take_terminated(), std::vector<SessionId>{play.session("a")});
}

TEST(Standbys, TakeNoWritesAndLockNoRows) {
  DatabasePlay play;
  play.say("a", insert_number("x", 1));
  play.database.set_standby(true);
  EXPECT_EQ(value(play, "a"), 1);
  EXPECT_EQ(play.say("a", set_number("x", 2)), read_only_transaction);
  EXPECT_EQ(play.say("a", select_row("t", "x", RowLock::wait)), read_only_transaction);
  EXPECT_EQ(play.say("a", named(Verb::nextval, "s")), read_only_transaction);
}

}  // namespace
}  // namespace lockstep::sql
