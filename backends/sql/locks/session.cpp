// pg-session: pg_advisory_lock on a connection that is kept for it; pg_advisory_unlock on the same.
//
// Claims mutual exclusion for holds of any length, first come, first served, for as long as the
// server and the connection live. It expires with the session: at once when the holder's process
// dies, after the server's keepalive when its machine or network does. A server that restarts, or
// fails over, has forgotten it, and the holder learns at its next statement.
// Source: PostgreSQL 15 manual, 13.3.5 "Advisory Locks"; lock-algorithms.md, A8.
// Fencing token: nextval of a sequence, on the connection that holds the lock.
//
// With lock_key = "build" the key is a hash that every build of the program computes in its own way
// (a language's built-in hash of strings, say): clients of two builds lock two keys
// (Gitlawb#210, symfony#58838 on such keys).
//
// pg-session-same-conn: the effects go over the connection that holds the lock, so they cannot
// outlive it, whatever the client believes.

#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/resource_rows.hpp"
#include "backends/sql/locks/session_lock.hpp"

namespace lockstep::sql {
namespace {

class SameConnectionLock final : public SessionLock {
 public:
  using SessionLock::SessionLock;

  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override {
    if (!mine(lease)) co_return fail(ErrorCode::lost, "the session that took the lock is over");
    auto stored = co_await rows_.read(driver_, std::move(resource), RowLock::none);
    notice_losses();
    co_return stored;
  }
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override {
    if (!mine(lease)) co_return fail(ErrorCode::lost, "the session that took the lock is over");
    auto stored = co_await rows_.write(driver_, std::move(resource), value);
    notice_losses();
    co_return stored;
  }

 private:
  ResourceRows rows_;
};

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::pg_session() {
  Backend lock = sql::entry({"pg-session", "pg_advisory_lock on a connection of its own",
                             "PostgreSQL 15 manual, 13.3.5 Advisory Locks"},
                            {{"lock_key", std::string("name"),
                              "a hash of the name; or one that each build does its way"}});
  lock.claims.ordered_token = true;
  lock.connect = sql::make_lock<sql::SessionLock>;
  return lock;
}

Backend backends::pg_session_same_conn() {
  Backend lock =
      sql::entry({"pg-session-same-conn", "pg-session whose effects go over the same connection",
                  "PostgreSQL 15 manual, 13.3.5 Advisory Locks"});
  lock.claims.ordered_token = true;
  lock.claims.guarded_store = true;
  lock.fail_over = sql::fail_over_synchronously;
  lock.connect = sql::make_lock<sql::SameConnectionLock>;
  return lock;
}

}  // namespace lockstep
