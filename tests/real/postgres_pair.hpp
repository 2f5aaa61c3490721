#pragma once
// The simulated database and the real one side by side: every statement of every session goes to
// both, and what they answer, or that they wait, must be equal.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "tests/backends/sql/database_play.hpp"
#include "tests/real/postgres_process.hpp"
#include "tests/real/postgres_text.hpp"

namespace lockstep::sql {

/// How long a real session waits before it looks for a deadlock, in both databases.
constexpr std::chrono::milliseconds deadlock_timeout{1500};

class PostgresPair {
 public:
  PostgresPair()
      : real_({"deadlock_timeout=" + std::to_string(deadlock_timeout.count()) + "ms"}),
        control_(std::make_unique<PostgresSession>(real_.port())),
        simulated_(options()) {
    const PostgresAnswer made = control_->ask(schema());
    EXPECT_EQ(made.error, "");
  }

  /// What both say at once: an error's code, a number, rows, or "waits".
  std::string say(const std::string& who, const Statement& statement) {
    const std::string ours = told(simulated_.ask(who, statement), statement);
    PostgresSession& session = real(who);
    session.send(text_of(statement));
    asked_[who] = statement;
    const std::string theirs = hear_real(who);
    EXPECT_EQ(ours, theirs) << who << ": " << text_of(statement);
    return theirs;
  }
  /// What both say now to somebody who waited.
  std::string heard(const std::string& who) {
    const std::string ours = told(simulated_.answer(who), asked_[who]);
    const std::string theirs = hear_real(who);
    EXPECT_EQ(ours, theirs) << who << ", who waited for " << text_of(asked_[who]);
    return theirs;
  }
  /// Lets time pass in both.
  void pass(std::chrono::milliseconds length) {
    simulated_.pass(length);
    std::this_thread::sleep_for(length);
  }
  void leave(const std::string& who) {
    simulated_.leave(who);
    const std::int64_t pid = real(who).pid();
    sessions_.erase(who);
    // The server notices a moment later.
    const std::string gone =
        "SELECT count(*) FROM pg_stat_activity WHERE pid = " + std::to_string(pid);
    while (control_->ask(gone).rows.front().front() != "0") {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  void terminate(const std::string& whom) {
    simulated_.leave(whom);
    (void)control_->ask("SELECT pg_terminate_backend(" + std::to_string(real(whom).pid()) +
                        ", 10000)");
  }
  PostgresAnswer next_answer(const std::string& who) { return real(who).ask("SELECT 1"); }

  PostgresProcess& real_server() { return real_; }

 private:
  static DatabaseOptions options() {
    DatabaseOptions all;
    all.deadlock_timeout = deadlock_timeout;
    return all;
  }

  PostgresSession& real(const std::string& who) {
    auto& session = sessions_[who];
    if (!session) session = std::make_unique<PostgresSession>(real_.port());
    return *session;
  }

  /// Waits until the real session has an answer, or waits for a lock as the server itself says.
  std::string hear_real(const std::string& who) {
    PostgresSession& session = real(who);
    const std::string waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = " +
                              std::to_string(session.pid());
    for (;;) {
      const auto answer = session.receive(std::chrono::milliseconds(20));
      if (answer) return told(*answer, asked_[who]);
      if (control_->ask(waits).rows.front().front() == "0") continue;
      // A wait that is about to end is none.
      const auto late = session.receive(std::chrono::milliseconds(60));
      return late ? told(*late, asked_[who]) : "waits";
    }
  }

  static std::string told(const std::optional<Answer>& answer, const Statement& statement) {
    if (!answer) return "waits";
    if (answer->failed()) return answer->error;
    if (statement.verb != Verb::select) return std::to_string(answer->number);
    std::string rows;
    for (const Row& row : answer->rows) {
      rows += row.key + "=" + to_text(row.columns.at("value")) + " ";
    }
    return rows;
  }

  static std::string told(const PostgresAnswer& answer, const Statement& statement) {
    if (!answer.error.empty()) return answer.error;
    std::string rows;
    switch (statement.verb) {
      case Verb::select:
        for (const auto& row : answer.rows) rows += row[0] + "=" + row[1] + " ";
        return rows;
      case Verb::insert:
      case Verb::update: return answer.tag.substr(answer.tag.rfind(' ') + 1);
      case Verb::lock: return "1";
      case Verb::try_lock:
      case Verb::unlock: return answer.rows.front().front() == "t" ? "1" : "0";
      case Verb::nextval: return answer.rows.front().front();
      default: return "0";
    }
  }

  PostgresProcess real_;
  std::unique_ptr<PostgresSession> control_;
  std::map<std::string, std::unique_ptr<PostgresSession>> sessions_;
  std::map<std::string, Statement> asked_;
  DatabasePlay simulated_;
};

}  // namespace lockstep::sql
