// sem-zset-clientclock: everybody adds himself to a sorted set by his own clock, and holds a permit
// if he ranks among the first; who is older than the lease is dropped by whoever comes.
//
// Claims no more holders than permits, of holds shorter than the lease, while all clients' clocks
// agree and requests arrive in the order of their time stamps: a late or slow clock ranks before
// those who hold already.
// Source: Redis in Action (Carlson), 6.3.1; its MULTI is a script here, which is as atomic.
// Fencing token: none.

#include "backends/redis/semaphores/semaphore.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: holders. ARGV: the oldest time that is still good, now, owner. The owner's rank.
constexpr std::string_view join_script = R"(
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
return redis.call('ZRANK', KEYS[1], ARGV[3]))";

class ClientClockSemaphore final : public Semaphore {
 public:
  using Semaphore::Semaphore;

  Task<Result<void>> release(Lease lease) override {
    auto removed = co_await call(words("ZREM", holders_key(lease.lock), lease.owner));
    if (!removed) co_return fail(removed.error());
    if (!removed->is(1)) co_return fail(ErrorCode::lost, "dropped as too old");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const WallTime now = env_.wall_now();
    Words arguments = words(micros(now - lease_), micros(now), owner);
    auto rank =
        co_await eval(std::string(join_script), words(holders_key(name)), std::move(arguments));
    if (!rank) co_return fail(rank.error());
    if (rank->number < permits()) co_return lease_of(std::move(name), std::move(owner));
    co_await env_.step("ranked-out");
    auto removed = co_await call(words("ZREM", holders_key(name), owner));
    (void)removed;
    co_return fail(ErrorCode::held);
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_zset_clientclock() {
  Backend lock = redis::semaphore_entry({"sem-zset-clientclock",
                                         "holders in a sorted set, by their own clocks",
                                         "Redis in Action, 6.3.1"});
  lock.steps = {"ranked-out"};
  lock.clients_time_leases = true;
  lock.interpret_permits = redis::interpret_first_holders;
  lock.connect = redis::make_lock<redis::ClientClockSemaphore>;
  return lock;
}

}  // namespace lockstep
