// redis-reentrant-setnx: a lock that its owner may enter again, in three commands.
//
// SET NX PX; if somebody is in, GET; if that is ourselves, SET the key anew with a whole lease.
// Claims what redis-setpx claims, and that an owner who does not know whether it is in may ask
// again. But between GET and SET the lease can end and the lock pass to somebody else, whom the SET
// overwrites. Source: redisson#84 (the first RedissonLock; its algorithm, not its code). Fencing
// token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {
namespace {

class ReentrantSetNxLock final : public PollingLock {
 public:
  ReentrantSetNxLock(Env& env, LockOptions options)
      : PollingLock(env, std::move(options)), owner_(env.random().token()) {}

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const std::string key = lock_key(name);
    auto entered = co_await call(words("SET", key, owner, "NX", "PX", lease_ms(lease_)));
    if (!entered) co_return fail(entered.error());
    if (entered->is_ok()) co_return lease_of(std::move(name), std::move(owner));
    auto inside = co_await call(words("GET", key));
    if (!inside) co_return fail(inside.error());
    if (inside->is_nil() || inside->text != owner) co_return fail(ErrorCode::held);
    co_await env_.step("found-itself");
    auto renewed = co_await call(words("SET", key, owner, "PX", lease_ms(lease_)));
    if (!renewed) co_return fail(renewed.error());
    co_return lease_of(std::move(name), std::move(owner));
  }

  /// The next try finds out.
  Task<bool> withdraw(std::string, std::string) override { co_return false; }
  std::string new_owner() override { return owner_; }

 private:
  std::string owner_;  // of one thread of one client, for all its acquisitions
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_reentrant_setnx() {
  Backend lock =
      redis::entry({"redis-reentrant-setnx",
                    "an owner that finds itself inside renews with a plain SET", "redisson#84"});
  lock.steps = {"found-itself"};
  lock.connect = redis::make_lock<redis::ReentrantSetNxLock>;
  return lock;
}

}  // namespace lockstep
