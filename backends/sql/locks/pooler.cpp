// pg-session-pooler: pg-session through a proxy that pools transactions.
//
// Claims what pg-session claims, and keeps none of it: the lock belongs to a session of the pool,
// which the next client is given too. That client's lock statement succeeds at once, for a session
// may take what it has; and an unlock that lands on another session leaves the lock in the pool,
// with an owner that nobody is.
// Source: pgbouncer's documentation ("features", transaction pooling: advisory locks never);
// goauthentik/authentik#23876; lock-algorithms.md, counterexample 66.
// Fencing token: none.

#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/pooler.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

class PooledLock final : public SessionLock {
 public:
  using SessionLock::SessionLock;

  Task<Result<void>> release(Lease lease) override {
    auto answer =
        co_await ask(lock_named(Verb::unlock, lease.lock, LockLevel::session), Duration(0));
    answer = refusal_as_error(std::move(answer));
    if (!answer) co_return fail(answer.error());
    if (answer->number != 1) co_return fail(ErrorCode::lost, answer->text);
    co_return Result<void>();
  }
  bool still_held(const Lease&) const override { return true; }

 protected:
  Task<Result<std::uint64_t>> take_token(std::string) override { co_return std::uint64_t{0}; }
};

std::unique_ptr<Lock> make_pooled(Env& client, LockOptions options) {
  options.servers.resize(1);  // the pooler
  return std::make_unique<PooledLock>(client, std::move(options));
}

std::vector<std::string> pooled_deployment(const Settings& settings) {
  std::vector<std::string> names = deployment(settings);
  names.insert(names.begin(), "pgbouncer-1");
  return names;
}

/// The database servers know nothing of the pooler.
Task<void> serve_pooled(Env& env, ServerOptions options) {
  if (options.self == 0) return serve_pooler(env, std::move(options));
  options.servers.erase(options.servers.begin());
  --options.self;
  return serve(env, std::move(options));
}

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::pg_session_pooler() {
  Backend lock = sql::entry({"pg-session-pooler", "pg-session through a pooler of transactions",
                             "pgbouncer, transaction pooling; authentik#23876"});
  for (const Parameter& parameter : sql::pooler_parameters()) lock.parameters.push_back(parameter);
  lock.claims.fifo = false;
  lock.server_names = sql::pooled_deployment;
  lock.serve = sql::serve_pooled;
  lock.connect = sql::make_pooled;
  return lock;
}

}  // namespace lockstep
