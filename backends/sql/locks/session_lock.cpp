#include "backends/sql/locks/session_lock.hpp"

#include <algorithm>
#include <utility>

#include "backends/sql/server.hpp"

namespace lockstep::sql {

SessionLock::SessionLock(Env& env, LockOptions options)
    : env_(env),
      settings_(std::move(options.settings)),
      driver_(env, database_servers(std::move(options.servers)), driver_options(settings_)) {}

Statement lock_named(Verb verb, const std::string& name, LockLevel level, const std::string& salt) {
  Statement statement = lock_statement(verb, advisory_key(hash_of(name + salt)), level);
  statement.remark.lock = name;
  return statement;
}

std::string SessionLock::salt() const {
  const bool by_build = settings_.contains("lock_key") && settings_.text("lock_key") == "build";
  return by_build ? env_.name() : std::string();
}

Result<void> granted(const Result<Answer>& answer) {
  if (!answer) return fail(answer.error());
  if (!answer->failed()) return {};
  const bool ended = answer->error == lock_not_available || answer->error == deadlock_detected ||
                     answer->error == query_canceled;
  return fail(ended ? ErrorCode::held : ErrorCode::refused, answer->error + " " + answer->text);
}

Task<Result<Lease>> SessionLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name, give_up);
    if (lease) {
      held_[name] = lease->owner;
      co_return lease;
    }
    in_doubt |= !lease.error().definite();
    const Duration pause = env_.random().between(Duration(0), settings_.duration("retry_max"));
    const bool over = env_.steady_now() + pause >= give_up;
    if (lease.error().code == ErrorCode::held || over) {
      if (!in_doubt) co_return lease;
      // The session was closed, and with it goes what it may have got; when, the server decides.
      co_return fail(ErrorCode::timeout, "a session of ours may hold the lock until it ends");
    }
    co_await env_.sleep_for(pause);
  }
}

Task<Result<Lease>> SessionLock::attempt(std::string name, SteadyTime give_up) {
  const auto connected = co_await begin_session();
  if (!connected) co_return fail(connected.error());
  // 0 would be no timeout at all.
  const Duration left = std::max<Duration>(give_up - env_.steady_now(), 1ms);
  const auto set = co_await ask(set_timeout("lock_timeout", left), Duration(0));
  if (!set) co_return fail(set.error());
  Statement lock = lock_named(Verb::lock, name, LockLevel::session, salt());
  const auto answer = co_await ask(std::move(lock), left);
  const Result<void> taken = granted(answer);
  if (!taken) co_return fail(taken.error());
  const auto token = co_await take_token(name);
  if (!token) co_return fail(token.error());
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = answer->backend;
  lease.token = *token;
  co_return lease;
}

Task<Result<void>> SessionLock::begin_session() {
  auto connected = co_await driver_.connect();
  co_return connected;
}

Task<Result<Answer>> SessionLock::ask(Statement statement, Duration longer) {
  auto answer = co_await driver_.execute(std::move(statement), longer);
  notice_losses();
  co_return answer;
}

void SessionLock::notice_losses() {
  if (driver_.connected()) return;
  for (const auto& [lock, owner] : held_) env_.note(BeliefLost{lock, owner});
  held_.clear();
}

Task<Result<std::uint64_t>> SessionLock::take_token(std::string name) {
  auto answer = co_await ask(named(Verb::nextval, "fence of " + name), Duration(0));
  answer = refusal_as_error(std::move(answer));
  if (!answer) {
    driver_.close();  // and with it the lock
    notice_losses();
    co_return fail(answer.error());
  }
  co_return static_cast<std::uint64_t>(answer->number);
}

bool SessionLock::mine(const Lease& lease) const {
  const auto at = held_.find(lease.lock);
  return at != held_.end() && at->second == lease.owner && driver_.connected() &&
         driver_.session() == lease.owner;
}

Task<Result<void>> SessionLock::release(Lease lease) {
  const bool was_mine = mine(lease);
  held_.erase(lease.lock);
  if (!was_mine) co_return fail(ErrorCode::lost, "the session that took the lock is over");
  Statement unlock = lock_named(Verb::unlock, lease.lock, LockLevel::session, salt());
  auto answer = co_await ask(std::move(unlock), Duration(0));
  answer = refusal_as_error(std::move(answer));
  if (!answer) {
    driver_.close();
    notice_losses();
    co_return fail(answer.error());
  }
  if (answer->number != 1) co_return fail(ErrorCode::lost, answer->text);
  co_return Result<void>();
}

}  // namespace lockstep::sql
