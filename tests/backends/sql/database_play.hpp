#pragma once
// Sessions of one database, told what to do line by line: plays about SQL without a network.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/sql/database.hpp"

namespace lockstep::sql {

class DatabasePlay {
 public:
  DatabasePlay() = default;
  explicit DatabasePlay(DatabaseOptions options) : database(options) {}

  /// The session of that name, opened when first asked for.
  SessionId session(const std::string& name) {
    const auto known = sessions_.find(name);
    if (known != sessions_.end()) return known->second;
    return sessions_[name] = database.open();
  }
  /// Executes and gives the answer; nothing while it waits.
  std::optional<Answer> ask(const std::string& who, Statement statement) {
    const SessionId id = session(who);
    database.execute(id, std::move(statement), now);
    collect();
    return answer(who);
  }
  /// The answer that a session got since it was asked; nothing while it waits.
  std::optional<Answer> answer(const std::string& who) {
    const auto at = answers_.find(session(who));
    if (at == answers_.end()) return std::nullopt;
    Answer found = std::move(at->second);
    answers_.erase(at);
    return found;
  }
  /// "waits", an error's code, or the number of the answer.
  std::string say(const std::string& who, Statement statement) {
    return told(ask(who, std::move(statement)));
  }
  std::string heard(const std::string& who) { return told(answer(who)); }
  /// The number in a column of the first row of an answer.
  std::int64_t number(const std::string& who, Statement statement, const std::string& column) {
    const auto found = ask(who, std::move(statement));
    if (!found || found->rows.empty()) return -1;
    return std::get<std::int64_t>(found->rows.front().columns.at(column));
  }
  void leave(const std::string& who) {
    database.close(session(who), now);
    sessions_.erase(who);
    collect();
  }
  /// Time passes, and whoever waits looks at its timers.
  void pass(Duration length) {
    const SteadyTime end = now.steady + length;
    for (;;) {
      std::optional<std::pair<SteadyTime, SessionId>> first;
      for (const auto& [name, id] : sessions_) {
        const auto timer = database.next_timer(id);
        if (timer && *timer <= end && (!first || *timer < first->first)) first = {*timer, id};
      }
      if (!first) break;
      go_to(first->first);
      database.on_time(first->second, now);
      collect();
    }
    go_to(end);
  }

  Database database;
  Instant now{SteadyTime{}, 1'700'000'000'000'000};

 private:
  static std::string told(const std::optional<Answer>& answer) {
    if (!answer) return "waits";
    return answer->failed() ? answer->error : std::to_string(answer->number);
  }
  void go_to(SteadyTime at) {
    now.wall_us += std::chrono::floor<std::chrono::microseconds>(at - now.steady).count();
    now.steady = at;
  }
  /// The disk of these plays is at once.
  void collect() {
    for (;;) {
      const auto commits = database.take_commits();
      for (const PendingCommit& commit : commits) database.committed(commit.session, now);
      auto finished = database.take_finished();
      for (Finished& one : finished) answers_[one.session] = std::move(one.answer);
      if (commits.empty() && finished.empty()) return;
    }
  }

  std::map<std::string, SessionId> sessions_;
  std::map<SessionId, Answer> answers_;
};

// The statements that these plays say most.
inline Statement lock(std::int64_t key) {
  return lock_statement(Verb::lock, advisory_key(key));
}
inline Statement try_lock(std::int64_t key, LockMode mode = LockMode::exclusive) {
  return lock_statement(Verb::try_lock, advisory_key(key), LockLevel::session, mode);
}
inline Statement lock_shared(std::int64_t key) {
  return lock_statement(Verb::lock, advisory_key(key), LockLevel::session, LockMode::shared);
}
inline Statement unlock(std::int64_t key) {
  return lock_statement(Verb::unlock, advisory_key(key));
}
inline Statement lock_xact(std::int64_t key) {
  return lock_statement(Verb::lock, advisory_key(key), LockLevel::transaction);
}
inline Statement insert_number(std::string key, std::int64_t value) {
  return insert_row("t", std::move(key), {{"value", literal(value)}});
}
inline Statement set_number(std::string key, std::int64_t value) {
  return update_row("t", std::move(key), {{"value", literal(value)}});
}
inline Statement add_number(std::string key, std::int64_t more) {
  return update_row("t", std::move(key), {{"value", column("value", more)}});
}

}  // namespace lockstep::sql
