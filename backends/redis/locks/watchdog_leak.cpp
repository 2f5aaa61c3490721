// redis-watchdog-leak: redis-watchdog whose renewal begins in the callback of the acquire and ends
// in the callback of the release, with nothing that orders the two.
//
// Callbacks wait for their turn in the client's executor. A caller whose patience ends before the
// acquire's callback had its turn gives up, which cancels a renewal that is not there yet; then the
// callback begins it. Nobody holds the lock, and it is renewed for as long as the client lives.
// Source: redisson#7272 (renewal outlives unlock), redisson#2714 (interrupted tryLock).
// Fencing token: none.

#include <map>

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/watchdog.hpp"

namespace lockstep::redis {
namespace {

/// The renewals under way, by owner, as the callbacks see them.
using Renewals = std::map<std::string, std::shared_ptr<Renewal>>;

/// The acquire's callback.
Task<void> begin_renewal(Env& env, std::shared_ptr<Renewals> renewals,
                         std::shared_ptr<Renewal> hold, SteadyTime turn) {
  co_await env.sleep_until(turn);
  renewals->emplace(hold->owner, hold);
  env.spawn(renew(env, std::move(hold)));
}

void cancel_renewal(Renewals& renewals, const std::string& owner) {
  const auto hold = renewals.find(owner);
  if (hold == renewals.end()) return;
  hold->second->stopped = true;
  renewals.erase(hold);
}

class WatchdogLeakLock final : public SetPxLock {
 public:
  WatchdogLeakLock(Env& env, LockOptions options)
      : SetPxLock(env, options), options_(std::move(options)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    const SteadyTime give_up = env_.steady_now() + patience;
    auto lease = co_await SetPxLock::acquire(std::move(name), patience);
    if (!lease) co_return lease;
    auto hold = std::make_shared<Renewal>(env_, options_);
    hold->lock = lease->lock;
    hold->owner = lease->owner;
    const SteadyTime turn = env_.steady_now() + next_turn();
    env_.spawn(begin_renewal(env_, renewals_, std::move(hold), turn));
    co_await env_.step("callback-waiting");
    if (turn <= give_up) {
      co_await env_.sleep_until(turn);
      co_return lease;
    }
    co_await env_.sleep_until(give_up);
    cancel_renewal(*renewals_, lease->owner);
    co_return fail(ErrorCode::held, "patience ended before the acquire's callback had its turn");
  }

  Task<Result<void>> release(Lease lease) override {
    const std::string owner = lease.owner;
    auto released = co_await SetPxLock::release(std::move(lease));
    co_await env_.sleep_for(next_turn());
    cancel_renewal(*renewals_, owner);
    co_return released;
  }

 private:
  Duration next_turn() {
    return env_.random().between(Duration(0), settings_.duration("callback_delay"));
  }

  LockOptions options_;
  std::shared_ptr<Renewals> renewals_ = std::make_shared<Renewals>();
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_watchdog_leak() {
  Backend lock = redis::entry(
      {"redis-watchdog-leak", "redis-watchdog begun and cancelled in unordered callbacks",
       "redisson#7272, redisson#2714"},
      {{"callback_delay", Duration(20ms), "longest wait of a callback for its turn"}});
  lock.steps = {"renewing", "renewed", "callback-waiting"};
  lock.connect = redis::make_lock<redis::WatchdogLeakLock>;
  return lock;
}

}  // namespace lockstep
