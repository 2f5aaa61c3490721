// mysql-getlock: GET_LOCK on a connection that is kept for it, RELEASE_LOCK on the same.
//
// While it holds the lock the application takes another for a moment, as migration tools do to read
// their own tables. Claims mutual exclusion for holds of any length, for as long as the server and
// the connection live; a server that restarts has forgotten it.
// Source: MySQL 8.0 reference manual, 12.15 "Locking Functions": since 5.7.5 a session may hold
// several locks, and a wait that would never end is refused at once.
// Fencing token: none.
//
// mysql-getlock-56: the same client on MySQL 5.6, where GET_LOCK releases the session's lock before
// without a word: the application's second lock frees its first (flyway#2911, MySQL bug 1118).

#include <algorithm>
#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

Statement get_lock(std::string name, Duration wait) {
  Statement statement = lock_statement(Verb::get_lock, named_key(std::move(name)));
  statement.number = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return statement;
}
Statement release_lock(std::string name) {
  return lock_statement(Verb::release_lock, named_key(std::move(name)));
}

class GetLock final : public SessionLock {
 public:
  using SessionLock::SessionLock;

  Task<Result<void>> release(Lease lease) override {
    const bool was_mine = mine(lease);
    held_.erase(lease.lock);
    if (!was_mine) co_return fail(ErrorCode::lost, "the session that took the lock is over");
    Statement statement = release_lock(lease.lock);
    statement.remark.lock = lease.lock;
    auto answer = co_await ask(std::move(statement), Duration(0));
    answer = refusal_as_error(std::move(answer));
    if (!answer) {
      driver_.close();
      notice_losses();
      co_return fail(answer.error());
    }
    if (answer->number != 1) co_return fail(ErrorCode::lost, "RELEASE_LOCK gave 0 or NULL");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up) override {
    const auto connected = co_await begin_session();
    if (!connected) co_return fail(connected.error());
    const Duration left = std::max<Duration>(give_up - env_.steady_now(), 1ms);
    Statement statement = get_lock(name, left);
    statement.remark.lock = name;
    const auto answer = co_await ask(std::move(statement), left);
    if (!answer) co_return fail(answer.error());
    if (answer->failed() || answer->number != 1) co_return fail(ErrorCode::held, answer->text);
    if (settings_.flag("reads_own_tables")) {
      const auto read = co_await lock_own_tables();
      if (!read) co_return fail(read.error());
    }
    Lease lease;
    lease.lock = std::move(name);
    lease.owner = answer->backend;
    co_return lease;
  }

 private:
  Task<Result<void>> lock_own_tables() {
    const auto taken = co_await ask(get_lock("own tables", 1s), 1s);
    if (!taken) co_return fail(taken.error());
    const auto given_back = co_await ask(release_lock("own tables"), Duration(0));
    if (!given_back) co_return fail(given_back.error());
    co_return Result<void>();
  }
};

std::vector<std::string> mysql_servers(const Settings& settings) {
  return deployment_of("mysql", settings);
}

Backend get_lock_entry(EntryText text, bool one_named_lock) {
  Backend lock = entry(text, {
                                 {"one_named_lock", one_named_lock,
                                  "a GET_LOCK releases the session's one before (MySQL 5.6)"},
                                 {"reads_own_tables", true,
                                  "the holder takes another lock for a moment, as Flyway does"},
                             });
  lock.server_names = mysql_servers;
  lock.liveness_bound = bound_of_a_wait;
  lock.connect = make_lock<GetLock>;
  return lock;
}

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::mysql_getlock() {
  return sql::get_lock_entry({"mysql-getlock", "GET_LOCK on MySQL 5.7 or later",
                              "MySQL 8.0 reference manual, Locking Functions"},
                             false);
}

Backend backends::mysql_getlock_56() {
  return sql::get_lock_entry(
      {"mysql-getlock-56", "GET_LOCK on MySQL 5.6, where a second frees the first",
       "flyway#2911; MySQL bug 1118"},
      true);
}

}  // namespace lockstep
