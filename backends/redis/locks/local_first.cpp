// redis-local-first: redis-setpx behind a lock of the process itself, which its threads take first
// so that only one of them asks the server.
//
// Claims what redis-setpx claims. But its release raises an error when the lease was over, and
// leaves before it comes to the local lock: that one outlives the remote one, and the process never
// gets past it again. Source: spring-integration, RedisLockRegistry; spring-integration#1888,
// #3821, #11146. Fencing token: none.
//
// unlocks_in_finally: the local lock is freed whatever the server says, as in the fix.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class LocalFirstLock final : public SetPxLock {
 public:
  LocalFirstLock(Env& env, LockOptions options) : SetPxLock(env, std::move(options)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    const SteadyTime give_up = env_.steady_now() + patience;
    const Duration pause = settings_.duration("retry_max");
    while (locked_here_) {
      if (env_.steady_now() + pause >= give_up) co_return fail(ErrorCode::held, "in this process");
      co_await env_.sleep_for(pause);
    }
    locked_here_ = true;
    const Duration left = give_up - env_.steady_now();
    auto lease = co_await SetPxLock::acquire(std::move(name), left);
    if (!lease) locked_here_ = false;
    co_return lease;
  }

  Task<Result<void>> release(Lease lease) override {
    auto released = co_await SetPxLock::release(std::move(lease));
    if (released || settings_.flag("unlocks_in_finally")) locked_here_ = false;
    co_return released;
  }

 private:
  bool locked_here_ = false;
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_local_first() {
  Backend lock = redis::entry(
      {"redis-local-first", "redis-setpx behind a lock of the process itself",
       "spring-integration#1888, #3821, #11146"},
      {{"unlocks_in_finally", false, "a release that failed frees the local lock, too"}});
  lock.connect = redis::make_lock<redis::LocalFirstLock>;
  return lock;
}

}  // namespace lockstep
