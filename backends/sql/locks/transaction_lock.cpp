#include "backends/sql/locks/transaction_lock.hpp"

#include <algorithm>
#include <utility>

#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {

TransactionLock::TransactionLock(Env& env, LockOptions options)
    : env_(env),
      settings_(std::move(options.settings)),
      driver_(env, database_servers(std::move(options.servers)), driver_options(settings_)) {}

Task<Result<void>> TransactionLock::prepare(std::string) {
  co_return Result<void>();
}

Task<Result<Lease>> TransactionLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name, give_up);
    if (lease) {
      held_[name] = lease->owner;
      co_return lease;
    }
    co_await give_up_transaction();
    in_doubt |= !lease.error().definite();
    const Duration pause = env_.random().between(Duration(0), settings_.duration("retry_max"));
    const bool over = env_.steady_now() + pause >= give_up;
    if (lease.error().code == ErrorCode::held || over) {
      if (!in_doubt) co_return lease;
      co_return fail(ErrorCode::timeout, "a session of ours may hold the lock until it ends");
    }
    co_await env_.sleep_for(pause);
  }
}

Task<Result<Lease>> TransactionLock::attempt(std::string name, SteadyTime give_up) {
  const auto connected = co_await driver_.connect();
  if (!connected) co_return fail(connected.error());
  const Duration left = std::max<Duration>(give_up - env_.steady_now(), 1ms);
  if (held_.empty()) {
    const auto prepared = co_await prepare(name);
    if (!prepared) co_return fail(prepared.error());
    const auto opened = co_await open_transaction(left);
    if (!opened) co_return fail(opened.error());
  }
  Lease lease;
  lease.lock = name;
  lease.owner = driver_.session();
  auto statement = lock_statement_for(name);
  if (!statement) co_return lease;
  const auto answer = co_await driver_.execute(std::move(*statement), left);
  const Result<void> taken = granted(answer);
  if (!taken) co_return fail(taken.error());
  co_return lease;
}

Task<Result<void>> TransactionLock::open_transaction(Duration lock_timeout) {
  auto answer = co_await driver_.execute(set_timeout("lock_timeout", lock_timeout));
  if (!answer) co_return fail(answer.error());
  answer = co_await driver_.execute(begin(isolation()));
  if (!answer) co_return fail(answer.error());
  co_return Result<void>();
}

bool TransactionLock::mine(const Lease& lease) const {
  const auto at = held_.find(lease.lock);
  return at != held_.end() && at->second == lease.owner && driver_.connected();
}

Task<void> TransactionLock::give_up_transaction() {
  for (const auto& [lock, owner] : held_) env_.note(BeliefLost{lock, owner});
  held_.clear();
  if (driver_.connected()) {
    const auto answer = co_await driver_.execute(simple(Verb::rollback));
    (void)answer;  // whatever it is: a session that does not answer is closed
  }
}

Task<Result<void>> TransactionLock::release(Lease lease) {
  if (!mine(lease)) {
    held_.erase(lease.lock);
    co_return fail(ErrorCode::lost, "the transaction was rolled back");
  }
  held_.erase(lease.lock);
  if (!held_.empty()) co_return Result<void>();  // the last one commits
  const auto answer = co_await driver_.execute(simple(Verb::commit));
  if (!answer) co_return fail(answer.error());
  if (answer->failed() || answer->text == "ROLLBACK") {
    driver_.close();
    co_return fail(ErrorCode::lost, "the transaction was rolled back");
  }
  co_return Result<void>();
}

Task<Result<StoredValue>> TransactionLock::guarded_read(Lease lease, std::string resource) {
  if (!mine(lease)) co_return fail(ErrorCode::lost, "the transaction was rolled back");
  auto stored = co_await rows_.read(driver_, std::move(resource), RowLock::none);
  if (!stored) co_await give_up_transaction();
  co_return stored;
}

Task<Result<StoredValue>> TransactionLock::guarded_write(Lease lease, std::string resource,
                                                         std::int64_t value) {
  if (!mine(lease)) co_return fail(ErrorCode::lost, "the transaction was rolled back");
  auto stored = co_await rows_.write(driver_, std::move(resource), value);
  if (!stored) co_await give_up_transaction();
  co_return stored;
}

}  // namespace lockstep::sql
