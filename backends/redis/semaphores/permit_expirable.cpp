// sem-permit-expirable: a counter of free permits, and a sorted set of those that are out, by the
// time at which they come back: a time that the holder's wall clock chose, and that whoever asks
// next compares with his.
//
// Claims no more holders than permits, of holds shorter than the lease, while all clients' clocks
// agree. The client looks at no clock while it holds. A try without an answer is forgotten: its
// permit comes back when its time is over; a try that the library sent twice took two, of which
// only one comes back.
// Source: Redisson, RedissonPermitExpirableSemaphore (its algorithm; the scripts are ours; it waits
// on a channel where we poll). Fencing token: none.

#include "backends/redis/semaphores/semaphore.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: permits, holders. ARGV: owner, now in ms, the end of the lease in ms. 1 when he is in, nil
/// when there is no counter.
constexpr std::string_view take_script = R"(
local permits, holders = KEYS[1], KEYS[2]
local over = redis.call('ZRANGEBYSCORE', holders, 0, ARGV[2])
if #over > 0 then
  redis.call('ZREM', holders, unpack(over))
  redis.call('INCRBY', permits, #over)
end
local free = redis.call('GET', permits)
if not free then
  return false
end
if tonumber(free) >= 1 then
  redis.call('DECRBY', permits, 1)
  redis.call('ZADD', holders, ARGV[3], ARGV[1])
  return 1
end
return 0)";

/// KEYS: permits, holders. ARGV: owner, now in ms. 1 when he was in, and in time.
constexpr std::string_view give_back_script = R"(
local ends = redis.call('ZSCORE', KEYS[2], ARGV[1])
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
  return 0
end
redis.call('INCRBY', KEYS[1], 1)
if tonumber(ends) <= tonumber(ARGV[2]) then
  return 0
end
return 1)";

class PermitSemaphore final : public Semaphore {
 public:
  using Semaphore::Semaphore;

  Task<Result<void>> release(Lease lease) override {
    Words keys = words(permits_key(lease.lock), holders_key(lease.lock));
    Words arguments = words(lease.owner, millis(env_.wall_now()));
    auto back = co_await eval(std::string(give_back_script), std::move(keys), std::move(arguments));
    if (!back) co_return fail(back.error());
    if (!back->is(1)) co_return fail(ErrorCode::lost, "the permit's time was over");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto taken = co_await take(name, owner);
    if (taken && taken->is_nil()) {
      auto made = co_await call(words("SETNX", permits_key(name), permits()));
      if (!made) co_return fail(made.error());
      taken = co_await take(name, owner);
    }
    if (!taken) co_return fail(taken.error());
    if (!taken->is(1)) co_return fail(ErrorCode::held);
    co_return lease_of(std::move(name), std::move(owner));
  }

 private:
  Task<Result<Reply>> take(std::string name, std::string owner) {
    const WallTime now = env_.wall_now();
    Words keys = words(permits_key(name), holders_key(name));
    Words arguments = words(owner, millis(now), millis(now + lease_));
    return eval(std::string(take_script), std::move(keys), std::move(arguments));
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_permit_expirable() {
  Backend lock = redis::semaphore_entry({"sem-permit-expirable",
                                         "permits that come back at a time of the holder's clock",
                                         "Redisson, RedissonPermitExpirableSemaphore"});
  lock.clients_time_leases = true;
  lock.interpret_permits = redis::interpret_holders;
  lock.connect = redis::make_lock<redis::PermitSemaphore>;
  return lock;
}

}  // namespace lockstep
