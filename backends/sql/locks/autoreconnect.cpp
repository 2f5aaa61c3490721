// pg-session-autoreconnect: pg-session over a driver that validates its session now and then, and
// opens another one without a word when the old one is over or, if told to retry, too slow.
//
// Claims what pg-session claims. But the lock stayed with the old session, and nobody tells the
// application: it works on without a lock.
// Source: MySQL Connector/J's autoReconnect, HikariCP's keepaliveTime and their like;
// lock-algorithms.md, counterexample 65.
// Fencing token: none.

#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/session_lock.hpp"

namespace lockstep::sql {
namespace {

constexpr Duration for_ever = 24h * 365;

/// The driver: whatever is asked of it is asked again on a new session.
class Reconnecting {
 public:
  Reconnecting(Env& env, Driver driver, std::int64_t retries)
      : env_(env), driver_(std::move(driver)), retries_(retries) {}

  Task<Result<Answer>> ask(Statement statement, Duration longer) {
    for (;;) {
      if (!std::exchange(busy_, true)) break;
      co_await env_.sleep_for(1ms);  // one statement at a time
    }
    Result<Answer> answer = fail(ErrorCode::refused);
    for (std::int64_t tries = 0; tries <= retries_ + 1; ++tries) {
      const auto connected = co_await driver_.connect();
      if (!connected) {
        answer = fail(connected.error());
        continue;
      }
      answer = co_await driver_.execute(statement, longer);
      const bool late = !answer && answer.error().code == ErrorCode::timeout;
      if (answer || (late && tries >= retries_)) break;
    }
    busy_ = false;
    co_return answer;
  }
  bool retries() const { return retries_ > 0; }
  Env& env() { return env_; }
  bool stopped = false;

 private:
  Env& env_;
  Driver driver_;
  std::int64_t retries_;
  bool busy_ = false;
};

/// What a pool does with its connections. Without retries it waits for as long as TCP does.
Task<void> validate(std::shared_ptr<Reconnecting> driver, Duration pause) {
  for (;;) {
    co_await driver->env().sleep_for(pause);
    if (driver->stopped) co_return;
    const Duration longer = driver->retries() ? Duration(0) : for_ever;
    const auto answer = co_await driver->ask(simple(Verb::backend), longer);
    (void)answer;  // whatever it is: the application is not told
    if (driver->stopped) co_return;
  }
}

class AutoReconnectLock final : public SessionLock {
 public:
  AutoReconnectLock(Env& env, LockOptions options)
      : SessionLock(env, options),
        shared_(
            std::make_shared<Reconnecting>(env, std::move(driver_), settings_.number("retries"))) {
    env.spawn(validate(shared_, settings_.duration("keepalive") / 10));
  }
  ~AutoReconnectLock() override { shared_->stopped = true; }

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
  Task<Result<void>> begin_session() override { co_return Result<void>(); }  // ask() does
  Task<Result<Answer>> ask(Statement statement, Duration longer) override {
    auto answer = co_await shared_->ask(std::move(statement), longer);
    co_return answer;
  }
  Task<Result<std::uint64_t>> take_token(std::string) override { co_return std::uint64_t{0}; }

 private:
  std::shared_ptr<Reconnecting> shared_;
};

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::pg_session_autoreconnect() {
  Backend lock = sql::entry(
      {"pg-session-autoreconnect", "pg-session over a driver that reconnects without a word",
       "Connector/J autoReconnect; HikariCP keepaliveTime"},
      {{"retries", std::int64_t{0}, "how often the driver sends an unanswered statement again"}});
  lock.connect = sql::make_lock<sql::AutoReconnectLock>;
  return lock;
}

}  // namespace lockstep
