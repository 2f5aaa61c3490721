// GET_LOCK on a real MariaDB and on the simulated server: what both answer must be equal
// (lock-algorithms.md, A1.6).
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "backends/sql/database.hpp"
#include "tests/real/mariadb_process.hpp"

namespace lockstep::sql {
namespace {

/// One server of each kind for all tests: a data directory takes seconds to make.
MariaDbProcess& mariadb() {
  static MariaDbProcess process;
  return process;
}

class NamedLocks : public testing::Test {
 protected:
  void SetUp() override {
    if (!MariaDbProcess::installed()) GTEST_SKIP() << MariaDbProcess::how_to_install;
  }

  struct Both {
    explicit Both(Database& database, const std::string& socket)
        : simulated(database.open()), real(socket) {}
    SessionId simulated;
    MariaDbSession real;
  };
  Both& session(const std::string& who) {
    auto& both = sessions_[who];
    if (!both) both = std::make_unique<Both>(database_, mariadb().socket());
    return *both;
  }

  /// Both answers: they must be equal, and are given. "waits" where none came for a while.
  std::string get(const std::string& who, const std::string& name, int seconds) {
    Statement statement = lock_statement(Verb::get_lock, named_key(name));
    statement.number = seconds * 1000;
    return both(who, statement, "SELECT GET_LOCK('" + name + "', " + std::to_string(seconds) + ")");
  }
  std::string release(const std::string& who, const std::string& name) {
    return both(who, lock_statement(Verb::release_lock, named_key(name)),
                "SELECT RELEASE_LOCK('" + name + "')");
  }
  std::string transaction(const std::string& who, Verb verb, const std::string& word) {
    both(who, simple(verb), word + "; SELECT 0");
    return word;
  }
  /// What came after "waits".
  std::string heard(const std::string& who) {
    collect();
    const auto real = session(who).real.answer(10'000);
    return equal(who, told(who), real ? *real : "waits");
  }
  void leave(const std::string& who) {
    database_.close(session(who).simulated, now_);
    sessions_.erase(who);
  }
  void pass(Duration length) {
    now_.steady += length;
    for (const auto& [who, both] : sessions_) database_.on_time(both->simulated, now_);
  }

 private:
  std::string both(const std::string& who, const Statement& statement, const std::string& query) {
    Both& one = session(who);
    database_.execute(one.simulated, statement, now_);
    collect();
    one.real.begin_ask(query);
    const std::string simulated = told(who);
    // Who is expected to wait is given a moment in which a real answer would come.
    const auto real = one.real.answer(simulated == "waits" ? 700 : 10'000);
    return equal(who + ": " + query, simulated, real ? *real : "waits");
  }
  static std::string equal(const std::string& what, const std::string& simulated,
                           const std::string& real) {
    EXPECT_EQ(simulated, real) << what;
    return real;
  }
  void collect() {
    for (Finished& one : database_.take_finished()) answers_[one.session] = std::move(one.answer);
  }
  std::string told(const std::string& who) {
    const auto at = answers_.find(session(who).simulated);
    if (at == answers_.end()) return "waits";
    const Answer answer = std::move(at->second);
    answers_.erase(at);
    if (answer.failed()) return answer.error;
    return answer.text == "NULL" ? answer.text : std::to_string(answer.number);
  }

  Database database_;
  Instant now_{SteadyTime{}, 1'700'000'000'000'000};
  std::map<SessionId, Answer> answers_;
  std::map<std::string, std::unique_ptr<Both>> sessions_;
};

TEST_F(NamedLocks, AreReentrantAndSeveralAtOnce) {
  EXPECT_EQ(get("a", "r1", 0), "1");
  EXPECT_EQ(get("a", "r1", 0), "1");
  EXPECT_EQ(get("a", "r2", 0), "1");
  EXPECT_EQ(get("b", "r1", 0), "0");
  EXPECT_EQ(release("a", "r1"), "1");
  EXPECT_EQ(get("b", "r1", 0), "0");
  EXPECT_EQ(release("a", "r1"), "1");
  EXPECT_EQ(get("b", "r1", 0), "1");
  EXPECT_EQ(get("b", "r2", 0), "0");
}

TEST_F(NamedLocks, AreReleasedByTheirHolderAlone) {
  EXPECT_EQ(release("a", "nobody"), "NULL");
  EXPECT_EQ(get("a", "mine", 0), "1");
  EXPECT_EQ(release("b", "mine"), "0");
  EXPECT_EQ(release("a", "mine"), "1");
  EXPECT_EQ(release("a", "mine"), "NULL");
}

TEST_F(NamedLocks, AreWaitedForUntilTheyAreReleased) {
  EXPECT_EQ(get("a", "w", 0), "1");
  EXPECT_EQ(get("b", "w", 20), "waits");
  EXPECT_EQ(release("a", "w"), "1");
  EXPECT_EQ(heard("b"), "1");
}

TEST_F(NamedLocks, AreWaitedForNoLongerThanAsked) {
  EXPECT_EQ(get("a", "t", 0), "1");
  EXPECT_EQ(get("b", "t", 2), "waits");
  pass(2100ms);
  EXPECT_EQ(heard("b"), "0");
}

TEST_F(NamedLocks, MayHaveLongNames) {
  const std::string name(65, 'n');
  EXPECT_EQ(get("a", name, 0), "1");
  EXPECT_EQ(get("b", name, 0), "0");
}

TEST_F(NamedLocks, StayThroughTransactions) {
  transaction("a", Verb::begin, "BEGIN");
  EXPECT_EQ(get("a", "x", 0), "1");
  transaction("a", Verb::rollback, "ROLLBACK");
  EXPECT_EQ(get("b", "x", 0), "0");
  transaction("a", Verb::begin, "BEGIN");
  transaction("a", Verb::commit, "COMMIT");
  EXPECT_EQ(get("b", "x", 0), "0");
}

TEST_F(NamedLocks, GoToTheNextWaiterWhenTheirHolderLeaves) {
  EXPECT_EQ(get("a", "l", 0), "1");
  EXPECT_EQ(get("b", "l", 20), "waits");
  leave("a");
  EXPECT_EQ(heard("b"), "1");
}

TEST_F(NamedLocks, AreRefusedAtOnceToWhoWouldCloseACycle) {
  EXPECT_EQ(get("a", "d1", 0), "1");
  EXPECT_EQ(get("b", "d2", 0), "1");
  EXPECT_EQ(get("a", "d2", 20), "waits");
  EXPECT_EQ(get("b", "d1", 20), "1213");
  EXPECT_EQ(release("b", "d2"), "1");
  EXPECT_EQ(heard("a"), "1");
}

TEST_F(NamedLocks, AreGrantedFirstComeFirstServed) {
  EXPECT_EQ(get("a", "f", 0), "1");
  EXPECT_EQ(get("b", "f", 20), "waits");
  EXPECT_EQ(get("c", "f", 20), "waits");
  EXPECT_EQ(release("a", "f"), "1");
  EXPECT_EQ(heard("b"), "1");
  EXPECT_EQ(release("b", "f"), "1");
  EXPECT_EQ(heard("c"), "1");
}

}  // namespace
}  // namespace lockstep::sql
