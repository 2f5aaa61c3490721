// Locks on names as MySQL, MariaDB and SQL Server have them (lock-algorithms.md, A1.6 and A1.7).
#include <gtest/gtest.h>

#include "tests/backends/sql/database_play.hpp"

namespace lockstep::sql {
namespace {

Statement get_lock(std::string name, std::int64_t ms = -1) {
  Statement statement = lock_statement(Verb::get_lock, named_key(std::move(name)));
  statement.number = ms;
  return statement;
}
Statement release_lock(std::string name) {
  return lock_statement(Verb::release_lock, named_key(std::move(name)));
}
Statement get_applock(std::string name, std::int64_t ms = -1, LockLevel level = LockLevel::session,
                      LockMode mode = LockMode::exclusive) {
  Statement statement = lock_statement(Verb::get_applock, named_key(std::move(name)), level, mode);
  statement.number = ms;
  return statement;
}
Statement release_applock(std::string name, LockLevel level = LockLevel::session) {
  return lock_statement(Verb::release_applock, named_key(std::move(name)), level);
}

TEST(GetLock, IsReentrantAndNeedsAsManyReleases) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", get_lock("x")), "1");
  EXPECT_EQ(play.say("a", get_lock("x")), "1");
  EXPECT_EQ(play.say("a", release_lock("x")), "1");
  EXPECT_EQ(play.say("b", get_lock("x", 0)), "0");
  EXPECT_EQ(play.say("a", release_lock("x")), "1");
  EXPECT_EQ(play.say("b", get_lock("x", 0)), "1");
}

TEST(GetLock, HoldsSeveralUnlessTheServerIsOld) {
  for (const bool old : {false, true}) {
    DatabaseOptions options;
    options.one_named_lock = old;
    DatabasePlay play(options);
    play.say("a", get_lock("x"));
    EXPECT_EQ(play.say("a", get_lock("y")), "1");
    EXPECT_EQ(play.say("b", get_lock("x", 0)), old ? "1" : "0");
    EXPECT_EQ(play.say("a", release_lock("x")), old ? "0" : "1");
  }
}

TEST(GetLock, AnswersZeroWhenItsTimeHasPassed) {
  DatabasePlay play;
  play.say("a", get_lock("x"));
  EXPECT_EQ(play.say("b", get_lock("x", 2000)), "waits");
  play.pass(1900ms);
  EXPECT_EQ(play.heard("b"), "waits");
  play.pass(200ms);
  EXPECT_EQ(play.heard("b"), "0");
}

TEST(GetLock, OfAnotherIsReleasedWithZeroAndOfNobodyWithNull) {
  DatabasePlay play;
  play.say("a", get_lock("x"));
  const auto of_another = play.ask("b", release_lock("x"));
  ASSERT_TRUE(of_another);
  EXPECT_EQ(of_another->number, 0);
  EXPECT_EQ(of_another->text, "");
  const auto of_nobody = play.ask("b", release_lock("y"));
  ASSERT_TRUE(of_nobody);
  EXPECT_EQ(of_nobody->text, "NULL");
}

TEST(GetLock, StaysWithTheSessionThroughItsTransactionsAndEndsWithIt) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", get_lock("x"));
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.say("b", get_lock("x")), "waits");
  play.leave("a");
  EXPECT_EQ(play.heard("b"), "1");
}

TEST(GetLock, RefusesAtOnceToWaitInACycle) {
  DatabasePlay play;
  play.say("a", get_lock("x"));
  play.say("b", get_lock("y"));
  EXPECT_EQ(play.say("a", get_lock("y")), "waits");
  EXPECT_EQ(play.say("b", get_lock("x")), "1213");
  EXPECT_EQ(play.say("b", release_lock("y")), "1");
  EXPECT_EQ(play.heard("a"), "1");
}

TEST(Applock, TellsAGrantFromAGrantAfterAWait) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", get_applock("x")), "0");
  EXPECT_EQ(play.say("b", get_applock("x")), "waits");
  EXPECT_EQ(play.say("a", release_applock("x")), "0");
  EXPECT_EQ(play.heard("b"), "1");
}

TEST(Applock, ReturnsMinusOneWhenItsTimeHasPassed) {
  DatabasePlay play;
  play.say("a", get_applock("x"));
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "-1");
  EXPECT_EQ(play.say("b", get_applock("x", 500)), "waits");
  play.pass(600ms);
  EXPECT_EQ(play.heard("b"), "-1");
}

TEST(Applock, ReturnsMinusThreeToADeadlocksVictim) {
  DatabasePlay play;
  play.say("a", get_applock("x"));
  play.say("b", get_applock("y"));
  EXPECT_EQ(play.say("a", get_applock("y")), "waits");
  EXPECT_EQ(play.say("b", get_applock("x")), "waits");
  play.pass(1100ms);
  EXPECT_EQ(play.heard("a"), "-3");
  EXPECT_EQ(play.heard("b"), "waits");
}

TEST(Applock, OfATransactionNeedsOneAndEndsWithIt) {
  DatabasePlay play;
  EXPECT_EQ(play.say("a", get_applock("x", 0, LockLevel::transaction)), "-999");
  play.say("a", begin());
  EXPECT_EQ(play.say("a", get_applock("x", 0, LockLevel::transaction)), "0");
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "-1");
  play.say("a", simple(Verb::commit));
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "0");
}

TEST(Applock, OfATransactionMayBeReleasedBefore) {
  DatabasePlay play;
  play.say("a", begin());
  play.say("a", get_applock("x", 0, LockLevel::transaction));
  EXPECT_EQ(play.say("a", release_applock("x")), "-999");
  EXPECT_EQ(play.say("a", release_applock("x", LockLevel::transaction)), "0");
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "0");
}

TEST(Applock, NeedsAsManyReleasesAsGrants) {
  DatabasePlay play;
  play.say("a", get_applock("x"));
  EXPECT_EQ(play.say("a", get_applock("x")), "0");
  play.say("a", release_applock("x"));
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "-1");
  play.say("a", release_applock("x"));
  EXPECT_EQ(play.say("b", get_applock("x", 0)), "0");
  EXPECT_EQ(play.say("a", release_applock("x")), "-999");
}

TEST(Applock, IsSharedByModesThatAgree) {
  DatabasePlay play;
  const auto shared = LockMode::shared;
  EXPECT_EQ(play.say("a", get_applock("x", 0, LockLevel::session, shared)), "0");
  EXPECT_EQ(play.say("b", get_applock("x", 0, LockLevel::session, shared)), "0");
  EXPECT_EQ(play.say("c", get_applock("x", 0)), "-1");
}

TEST(Applock, CutsNamesAt255CharactersWithoutAWord) {
  DatabasePlay play;
  const std::string long_name(255, 'x');
  EXPECT_EQ(play.say("a", get_applock(long_name + "one")), "0");
  EXPECT_EQ(play.say("b", get_applock(long_name + "two", 0)), "-1");
  EXPECT_EQ(play.say("b", get_lock(long_name + "two", 0)), "1");
}

}  // namespace
}  // namespace lockstep::sql
