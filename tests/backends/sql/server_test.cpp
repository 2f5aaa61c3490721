// The server behind its network: when it notices that a client is gone, and what it remembers when
// it starts again (lock-algorithms.md, A1.5).
#include "backends/sql/server.hpp"

#include <gtest/gtest.h>

#include "tests/backends/sql/database_play.hpp"
#include "tests/backends/sql/sql_stage.hpp"

namespace lockstep::sql {
namespace {

TEST(SqlServer, FreesTheLocksOfAKilledClientAtOnce) {
  SqlStage stage;
  stage.say("a", lock(1));
  stage.ask("b", lock(1));
  stage.pass(5s);
  EXPECT_EQ(stage.heard("b"), "nothing yet");
  stage.crash("a");
  stage.pass(2ms);
  EXPECT_EQ(stage.heard("b"), "1");
}

TEST(SqlServer, KeepsTheLocksOfAPausedClientForEver) {
  SqlStage stage;
  stage.say("a", lock(1));
  stage.client("a").pause();
  EXPECT_EQ(stage.say("b", lock(1), 3000s), "nothing yet");
}

TEST(SqlServer, FreesTheLocksOfAVanishedMachineByKeepalive) {
  SqlStage stage;
  stage.say("a", lock(1));
  stage.unplug("a");
  EXPECT_EQ(stage.say("b", lock(1), 7s), "nothing yet");
  stage.pass(6s);
  EXPECT_EQ(stage.heard("b"), "1");
}

TEST(SqlServer, WithoutKeepaliveKeepsThemForEver) {
  SqlStage stage({{"keepalive", Duration(0)}});
  stage.say("a", lock(1));
  stage.unplug("a");
  EXPECT_EQ(stage.say("b", lock(1), 3000s), "nothing yet");
}

TEST(SqlServer, LeavesADeadWaiterInTheQueueUntilItIsGranted) {
  SqlStage stage;
  stage.say("a", lock(1));
  stage.say("dead", lock(1));
  stage.crash("dead");
  stage.say("b", lock(1));
  // The lock passes through the dead one's hands.
  stage.say("a", unlock(1));
  EXPECT_EQ(stage.heard("b"), "1");
}

TEST(SqlServer, ADeadWaitersXactLockIsHeldUntilItsWaitIsOver) {
  for (const Duration interval : {Duration(0), Duration(300ms)}) {
    SqlStage stage({{"client_connection_check_interval", interval}});
    stage.say("a", lock(1));
    stage.say("dead", lock(2));
    stage.say("dead", lock(1));
    stage.crash("dead");
    // Only with the check does it give back what it holds while it waits.
    EXPECT_EQ(stage.say("b", try_lock(2), 2ms), "0");
    stage.pass(1s);
    EXPECT_EQ(stage.say("b", try_lock(2)), interval > Duration(0) ? "1" : "0");
  }
}

TEST(SqlServer, ForgetsItsLocksWhenItStartsAgainButNoAcknowledgedCommit) {
  for (const bool power : {false, true}) {
    SqlStage stage;
    stage.say("a", insert_number("x", 7));
    stage.say("a", lock(1));
    if (power) {
      stage.servers[0]->power_off();
    } else {
      stage.servers[0]->kill();
    }
    stage.servers[0]->start();
    stage.pass(100ms);
    EXPECT_EQ(stage.say("b", try_lock(1)), "1");
    EXPECT_EQ(stage.say("b", select_row("t", "x")), "1");
    // The holder learns at its next statement.
    const std::string told = stage.say("a", unlock(1));
    EXPECT_TRUE(told == "disconnected" || told == "refused") << told;
  }
}

TEST(SqlServer, WithoutSynchronousCommitLosesWithItsPowerWhatItHadAcknowledged) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SqlStage stage({{"synchronous_commit", false}}, seed);
    EXPECT_EQ(stage.say("a", insert_number("x", 7), 3ms), "1");
    stage.servers[0]->power_off();
    stage.servers[0]->start();
    stage.pass(100ms);
    lost += stage.say("b", select_row("t", "x")) == "0" ? 1 : 0;
  }
  EXPECT_GT(lost, 0);
}

TEST(SqlServer, TellsATerminatedSessionAtItsNextStatement) {
  SqlStage stage;
  stage.say("a", lock(1));
  stage.ask("b", lock(1));
  Statement terminate = simple(Verb::terminate);
  const std::string pid = stage.say("a", simple(Verb::backend));
  terminate.number = std::stoll(pid);
  EXPECT_EQ(stage.say("c", terminate), "1");
  EXPECT_EQ(stage.heard("b"), "1");
  EXPECT_EQ(stage.say("a", unlock(1)), "57P01");
}

// Standbys

using Sets = SqlStage::Sets;

Sets replicated(bool synchronous) {
  return {{"standbys", std::int64_t{1}}, {"synchronous_standby", synchronous}};
}

TEST(SqlFailover, MakesTheStandbyPrimaryAndForgetsTheLocks) {
  SqlStage stage(replicated(true));
  EXPECT_EQ(stage.say("a", insert_number("x", 7)), "1");
  EXPECT_EQ(stage.say("a", lock(1)), "1");
  EXPECT_EQ(stage.answer("a").backend.substr(0, 5), "pg-1:");
  stage.servers[0]->power_off();
  stage.pass(10s);
  EXPECT_EQ(stage.say("b", try_lock(1), 3s), "1");
  EXPECT_EQ(stage.answer("b").backend.substr(0, 5), "pg-2:");
  EXPECT_EQ(stage.say("b", select_row("t", "x")), "1");
  EXPECT_EQ(stage.say("b", set_number("x", 8)), "1");
}

TEST(SqlFailover, LosesWhatAnAsynchronousStandbyDidNotHave) {
  SqlStage stage(replicated(false));
  EXPECT_EQ(stage.say("a", insert_number("x", 7)), "1");
  stage.pass(1s);
  stage.world.cut(stage.servers[0]->id(), stage.servers[1]->id());
  EXPECT_EQ(stage.say("a", set_number("x", 8)), "1");
  stage.servers[0]->kill();
  stage.pass(10s);
  EXPECT_EQ(stage.say("b", select_row("t", "x"), 3s), "1");
  EXPECT_EQ(stage.answer("b").rows[0].columns.at("value"), Value(std::int64_t{7}));
}

TEST(SqlFailover, DoesNotAcknowledgeWhatASynchronousStandbyDoesNotHave) {
  SqlStage stage(replicated(true));
  EXPECT_EQ(stage.say("a", insert_number("x", 7)), "1");
  stage.world.cut(stage.servers[0]->id(), stage.servers[1]->id());
  EXPECT_EQ(stage.say("a", set_number("x", 8), 5s), "nothing yet");
  // Nor can anybody see it.
  EXPECT_EQ(stage.say("b", select_row("t", "x")), "1");
  EXPECT_EQ(stage.answer("b").rows[0].columns.at("value"), Value(std::int64_t{7}));
  stage.world.mend(stage.servers[0]->id(), stage.servers[1]->id());
  stage.pass(30s);
  EXPECT_EQ(stage.heard("a"), "1");
}

TEST(SqlFailover, TakesADeposedPrimaryBackAsAStandby) {
  SqlStage stage(replicated(false));
  EXPECT_EQ(stage.say("a", insert_number("x", 7)), "1");
  stage.servers[0]->kill();
  stage.pass(10s);
  EXPECT_EQ(stage.say("b", set_number("x", 9), 3s), "1");
  stage.servers[0]->start();
  stage.pass(10s);
  stage.servers[1]->kill();
  stage.pass(10s);
  EXPECT_EQ(stage.say("c", select_row("t", "x"), 3s), "1");
  EXPECT_EQ(stage.answer("c").backend.substr(0, 5), "pg-1:");
  EXPECT_EQ(stage.answer("c").rows[0].columns.at("value"), Value(std::int64_t{9}));
}

TEST(SqlFailover, LeavesAPrimaryThatComesBackInTimeInItsPlace) {
  SqlStage stage(replicated(true));
  EXPECT_EQ(stage.say("a", insert_number("x", 7)), "1");
  stage.servers[0]->kill();
  stage.pass(500ms);
  stage.servers[0]->start();
  stage.pass(20s);
  EXPECT_EQ(stage.say("b", set_number("x", 8), 3s), "1");
  EXPECT_EQ(stage.answer("b").backend.substr(0, 5), "pg-1:");
}

}  // namespace
}  // namespace lockstep::sql
