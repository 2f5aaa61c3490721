// Row 12 of E4 in research/lock-algorithms.md: session locks through a pooler of transactions, with
// a real pgbouncer and with the simulated one.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/backends/sql/pooler_stage.hpp"
#include "tests/real/pgbouncer_process.hpp"
#include "tests/real/postgres_process.hpp"
#include "tests/real/postgres_text.hpp"

namespace lockstep::sql {
namespace {

/// Two clients of a real pooler, and the same two of the simulated one.
class SamePool : public testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresProcess::installed()) GTEST_SKIP() << PostgresProcess::how_to_install;
    if (!PgbouncerProcess::installed()) GTEST_SKIP() << PgbouncerProcess::how_to_install;
  }
};

class PoolPair {
 public:
  explicit PoolPair(int size)
      : pooler_(database_.port(), size),
        control_(database_.port()),
        simulated_(size, true),
        clients_{PostgresSession(pooler_.port()), PostgresSession(pooler_.port())} {
    // pgbouncer opens the sessions of its pool in its own time, once somebody asked for one.
    clients_[0].ask("SELECT 1");
    const std::string pooled = "SELECT count(*) FROM pg_stat_activity WHERE client_port > 0";
    const std::string enough = std::to_string(size + 1);  // and this one
    for (int i = 0; i < 500 && control_.ask(pooled).rows.front().front() != enough; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  /// The number that both answer.
  std::string say(std::size_t who, const Statement& statement) {
    const auto ours = simulated_.say(who, statement);
    const PostgresAnswer theirs = clients_[who].ask(text_of(statement));
    const bool yes_or_no = statement.verb == Verb::try_lock || statement.verb == Verb::unlock;
    std::string told = theirs.error.empty() ? "0" : theirs.error;
    if (yes_or_no && !theirs.rows.empty()) told = theirs.rows.front().front() == "t" ? "1" : "0";
    EXPECT_TRUE(ours && std::to_string(ours->number) == told) << text_of(statement);
    return told;
  }
  /// How many session locks the real server keeps.
  std::string locks_kept() {
    return control_.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").rows[0][0];
  }

 private:
  PostgresProcess database_;
  PgbouncerProcess pooler_;
  PostgresSession control_;
  PoolerStage simulated_;
  PostgresSession clients_[2];
};

TEST_F(SamePool, GivesOneSessionsLockToTwoClients) {
  PoolPair pool(1);
  EXPECT_EQ(pool.say(0, try_lock(1)), "1");
  EXPECT_EQ(pool.say(1, try_lock(1)), "1");
  EXPECT_EQ(pool.locks_kept(), "1");
}

TEST_F(SamePool, UnlocksInAnotherSessionAndKeepsTheLock) {
  PoolPair pool(2);
  EXPECT_EQ(pool.say(0, try_lock(1)), "1");
  EXPECT_EQ(pool.say(0, unlock(1)), "0");
  EXPECT_EQ(pool.locks_kept(), "1");
}

TEST_F(SamePool, KeepsATransactionOnOneSession) {
  PoolPair pool(2);
  pool.say(0, begin());
  EXPECT_EQ(pool.say(0, try_lock(1)), "1");
  EXPECT_EQ(pool.say(0, unlock(1)), "1");
  pool.say(0, simple(Verb::commit));
  EXPECT_EQ(pool.say(1, try_lock(1)), "1");
}

}  // namespace
}  // namespace lockstep::sql
