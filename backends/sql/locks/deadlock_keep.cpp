// pg-deadlock-keep: pg-session by a client that, chosen as a deadlock's victim (40P01), tries again
// and keeps what it holds. The server keeps it too: a failed statement gives back no session lock.
// So the deadlock is found again and again, and never ends.
//
// Claims what pg-session claims.
// Source: PostgreSQL 15 manual, 13.3.4 "Deadlocks"; seen on the real server (lock-algorithms.md,
// finding 7 and counterexample 67).
// Fencing token: as pg-session.

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"

namespace lockstep::sql {
namespace {

class DeadlockKeepLock final : public SessionLock {
 public:
  using SessionLock::SessionLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up) override {
    auto lease = co_await SessionLock::attempt(std::move(name), give_up);
    const bool victim = !lease && lease.error().text.starts_with(deadlock_detected);
    if (victim) co_return fail(ErrorCode::refused, lease.error().text);  // and so tried again
    co_return lease;
  }
};

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::pg_deadlock_keep() {
  Backend lock = sql::entry({"pg-deadlock-keep", "pg-session whose deadlock victims just try again",
                             "PostgreSQL 15 manual, 13.3.4 Deadlocks"});
  lock.claims.ordered_token = true;
  lock.claims.fifo = false;  // a victim queues again
  lock.connect = sql::make_lock<sql::DeadlockKeepLock>;
  return lock;
}

}  // namespace lockstep
