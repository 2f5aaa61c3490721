// tutorial-redis-semaphore: the RedisSemaphore of a tutorial, as it is written there.
//
// The constructor (here: the first acquire of a handle) sets the counter if it finds none; GET,
// DECR if there are permits, INCR if it was one too many; INCR to release. One timeout is the
// longest wait, by the wall clock; the caller's patience is not asked. A missing key or a command
// without an answer throws out of acquire(). It claims no more holders than permits. Source:
// lock-algorithms.md, section F, article 2, F32 to F39: the bugs are left in. What mends them:
// sem-zset-lua, whose permits have owners and ends. Fencing token: none.

#include "backends/redis/semaphores/counter.hpp"

namespace lockstep::redis {
namespace {

class TutorialSemaphore final : public CounterSemaphore {
 public:
  using CounterSemaphore::CounterSemaphore;

  Task<Result<Lease>> acquire(std::string name, Duration) override {
    if (constructed_for_ != name) {
      auto made = co_await initialise(name);
      if (!made) co_return fail(made.error());
      constructed_for_ = name;
    }
    const WallTime end = env_.wall_now() + lease_;
    while (env_.wall_now() < end) {
      auto taken = co_await take(name);
      if (!taken) co_return fail(taken.error());
      if (*taken == Taken::no_counter) co_return fail(ErrorCode::refused, "int() of None");
      if (*taken == Taken::yes) co_return lease_of(std::move(name), std::string());
      co_await env_.sleep_for(settings_.duration("poll"));
    }
    co_return fail(ErrorCode::held);
  }

 protected:
  Task<Result<void>> initialise(std::string name) override {
    return initialise_if_absent(std::move(name));
  }

 private:
  std::string constructed_for_;
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::tutorial_redis_semaphore() {
  Backend lock = redis::counter_entry(
      {"tutorial-redis-semaphore", "RedisSemaphore of a tutorial, bugs included",
       "lock-algorithms.md, F32 to F39"},
      {{"poll", Duration(10ms), "pause between two tries"}});
  lock.steps = {"found-none", "saw-permit", "overdrew"};
  lock.connect = redis::make_lock<redis::TutorialSemaphore>;
  return lock;
}

}  // namespace lockstep
