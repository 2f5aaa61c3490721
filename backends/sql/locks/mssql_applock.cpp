// mssql-applock: sp_getapplock with @LockOwner = 'Session', sp_releaseapplock on the same
// connection.
//
// Claims mutual exclusion for holds of any length, for as long as the server and the connection
// live; a server that restarts has forgotten it. What went wrong is told by a return code: 0 and 1
// are grants, -1 a timeout, -2 a cancelled wait, -3 a deadlock, -999 a wrong call. Nothing is
// raised. Source: Microsoft Learn, sp_getapplock (Transact-SQL). Fencing token: none.
//
// mssql-applock-rc-ignored: the application goes on whatever the return code says.

#include <algorithm>
#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

enum class ReturnCode { checked, ignored };

template <ReturnCode code>
class AppLock final : public SessionLock {
 public:
  using SessionLock::SessionLock;

  Task<Result<void>> release(Lease lease) override {
    const bool was_mine = mine(lease);
    held_.erase(lease.lock);
    if (!was_mine) co_return fail(ErrorCode::lost, "the session that took the lock is over");
    Statement statement = lock_statement(Verb::release_applock, named_key(lease.lock));
    statement.remark.lock = lease.lock;
    auto answer = co_await ask(std::move(statement), Duration(0));
    answer = refusal_as_error(std::move(answer));
    if (!answer) {
      driver_.close();
      notice_losses();
      co_return fail(answer.error());
    }
    if (answer->number < 0) co_return fail(ErrorCode::lost, "sp_releaseapplock returned -999");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up) override {
    const auto connected = co_await begin_session();
    if (!connected) co_return fail(connected.error());
    const Duration left = std::max<Duration>(give_up - env_.steady_now(), 1ms);
    Statement statement = lock_statement(Verb::get_applock, named_key(name));
    statement.number = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    statement.remark.lock = name;
    const auto answer = co_await ask(std::move(statement), left);
    if (!answer) co_return fail(answer.error());
    const bool granted = !answer->failed() && answer->number >= 0;
    if (code == ReturnCode::checked && !granted) {
      co_return fail(ErrorCode::held, "sp_getapplock returned " + std::to_string(answer->number));
    }
    Lease lease;
    lease.lock = std::move(name);
    lease.owner = answer->backend;
    co_return lease;
  }
};

std::vector<std::string> mssql_servers(const Settings& settings) {
  return deployment_of("mssql", settings);
}

Backend applock(EntryText text) {
  // The lock monitor looks for cycles every five seconds.
  Backend lock = entry(text, {{"deadlock_timeout", Duration(5s),
                               "how long a session waits before the monitor looks for a cycle"}});
  lock.server_names = mssql_servers;
  lock.liveness_bound = bound_of_a_wait;
  return lock;
}

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::mssql_applock() {
  Backend lock = sql::applock({"mssql-applock", "sp_getapplock for a session, return code checked",
                               "Microsoft Learn, sp_getapplock"});
  lock.connect = sql::make_lock<sql::AppLock<sql::ReturnCode::checked>>;
  return lock;
}

Backend backends::mssql_applock_rc_ignored() {
  Backend lock = sql::applock(
      {"mssql-applock-rc-ignored", "mssql-applock whose application ignores the return code",
       "Microsoft Learn, sp_getapplock; lock-algorithms.md, counterexample 72"});
  lock.claims.fifo = false;
  lock.connect = sql::make_lock<sql::AppLock<sql::ReturnCode::ignored>>;
  return lock;
}

}  // namespace lockstep
