// tutorial-redis-lock: the RedisLock of a tutorial, as it is written there.
//
// SETNX, then EXPIRE; who finds the lock held and endless gives it an end; compare and delete. One
// lock_timeout is the lease and the longest wait, counted by the wall clock; the caller's patience
// is not asked. The token belongs to the object, not to the acquisition. A command without an
// answer throws out of acquire(). It claims mutual exclusion and freedom from deadlock.
// Source: lock-algorithms.md, section F, article 2, F10 to F19: the bugs are left in. What mends
// them: redis-setpx (one command, a token per acquisition, backoff, patience on a steady clock),
// redis-setpx-lease and redis-watchdog-lease (F19).
// Fencing token: none.

#include "backends/redis/locks/setnx_expire.hpp"

namespace lockstep::redis {
namespace {

class TutorialLock final : public SetNxExpireRepairLock {
 public:
  TutorialLock(Env& env, LockOptions options)
      : SetNxExpireRepairLock(env, std::move(options)), token_(env.random().token()) {}

  Task<Result<Lease>> acquire(std::string name, Duration) override {
    const WallTime end = env_.wall_now() + lease_;
    while (env_.wall_now() < end) {
      auto lease = co_await attempt(name, token_);
      if (lease || !lease.error().definite()) co_return lease;
      co_await env_.sleep_for(settings_.duration("poll"));
    }
    co_return fail(ErrorCode::held);
  }

 private:
  std::string token_;
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::tutorial_redis_lock() {
  Backend lock =
      redis::entry({"tutorial-redis-lock", "RedisLock of a tutorial, bugs included",
                    "lock-algorithms.md, F10 to F19"},
                   {redis::expire_command(), {"poll", Duration(10ms), "pause between two tries"}});
  lock.product = "redis";
  lock.steps = {"setnx-done", "repairing"};
  lock.connect = redis::make_lock<redis::TutorialLock>;
  return lock;
}

}  // namespace lockstep
