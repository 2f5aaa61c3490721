// Rows 10 and 11 of E4 in research/lock-algorithms.md on a real PostgreSQL with a hot standby, as
// the simulated ones have them (tests/backends/sql/server_test.cpp).
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <thread>

#include "tests/backends/sql/database_play.hpp"
#include "tests/real/postgres_process.hpp"
#include "tests/real/postgres_text.hpp"

namespace lockstep::sql {
namespace {

class Standby : public testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresProcess::installed()) GTEST_SKIP() << PostgresProcess::how_to_install;
    primary = std::make_unique<PostgresProcess>();
    ask(*primary, schema());
    ask(*primary, "INSERT INTO t (key, token) VALUES ('fence', 7)");
    standby = std::make_unique<PostgresProcess>(*primary);
  }
  static PostgresAnswer ask(PostgresProcess& server, const std::string& query) {
    return PostgresSession(server.port()).ask(query);
  }
  static std::string value(PostgresProcess& server, const std::string& query) {
    const PostgresAnswer answer = ask(server, query);
    return answer.rows.empty() ? answer.error : answer.rows.front().front();
  }
  void wait_until(PostgresProcess& server, const std::string& query, const std::string& wanted) {
    for (int i = 0; i < 1000 && value(server, query) != wanted; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_EQ(value(server, query), wanted) << query;
  }

  std::unique_ptr<PostgresProcess> primary;
  std::unique_ptr<PostgresProcess> standby;
};

TEST_F(Standby, HasALockTableOfItsOwnAndLocksNoRows) {
  DatabasePlay simulated;
  simulated.say("a", lock(1));  // on the primary, of which a standby knows nothing
  simulated.database.set_standby(true);
  PostgresSession holder(primary->port());
  holder.ask(text_of(lock(1)));
  PostgresSession other(standby->port());
  EXPECT_EQ(other.ask(text_of(try_lock(1))).rows.front().front(), "t");
  const Statement for_update = select_row("t", "fence", RowLock::wait);
  EXPECT_EQ(other.ask(text_of(for_update)).error, "25006");
  EXPECT_EQ(simulated.say("b", for_update), "25006");
  EXPECT_EQ(simulated.say("b", try_lock(2)), "1");
  EXPECT_EQ(other.ask(text_of(named(Verb::nextval, "s"))).error, "25006");
  EXPECT_EQ(simulated.say("b", named(Verb::nextval, "s")), "25006");
}

TEST_F(Standby, PromotedHasNeitherTheLocksNorWhatWasCommittedLast) {
  PostgresSession holder(primary->port());
  holder.ask(text_of(lock(1)));
  const std::string sender = value(*primary, "SELECT pid FROM pg_stat_replication");
  wait_until(*standby, "SELECT token FROM t WHERE key = 'fence'", "7");
  ASSERT_EQ(::kill(static_cast<pid_t>(std::stol(sender)), SIGSTOP), 0);
  EXPECT_EQ(ask(*primary, "UPDATE t SET token = 8 WHERE key = 'fence'").tag, "UPDATE 1");
  primary->kill_hard();
  ::kill(static_cast<pid_t>(std::stol(sender)), SIGKILL);
  standby->promote();
  EXPECT_EQ(value(*standby, "SELECT token FROM t WHERE key = 'fence'"), "7");
  EXPECT_EQ(value(*standby, text_of(try_lock(1))), "t");
}

}  // namespace
}  // namespace lockstep::sql
