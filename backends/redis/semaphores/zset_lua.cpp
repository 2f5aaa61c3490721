// sem-zset-lua: one script drops who is too old and lets in who asks, by the server's clock; the
// client stops by itself when its lease is over.
//
// Claims no more holders than permits under pauses, delays and drift within the allowance, on one
// server that forgets nothing; an effect that sets out in time may still arrive late.
// Source: lock-algorithms.md A10; Redis documentation, "Distributed Locks", for the validity time.
// Fencing token: none.

#include "backends/redis/locks/validity.hpp"
#include "backends/redis/semaphores/semaphore.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: holders. ARGV: owner, permits, lease in us. 1 when he is in.
constexpr std::string_view enter_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
return 1)";

class ScriptedZsetSemaphore final : public Semaphore {
 public:
  using Semaphore::Semaphore;

  bool still_held(const Lease& lease) const override {
    return *lease.until > Deadline(env_.steady_now());
  }

  Task<Result<void>> release(Lease lease) override {
    auto removed = co_await call(words("ZREM", holders_key(lease.lock), lease.owner));
    if (!removed) co_return fail(removed.error());
    if (!removed->is(1)) co_return fail(ErrorCode::lost, "the lease was over");
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const SteadyTime until = env_.steady_now() + validity(settings_);
    const std::int64_t lease_us =
        std::chrono::duration_cast<std::chrono::microseconds>(lease_).count();
    auto entered = co_await eval(std::string(enter_script), words(holders_key(name)),
                                 words(owner, permits(), lease_us));
    if (!entered) co_return fail(entered.error());
    if (!entered->is(1)) co_return fail(ErrorCode::held);
    Lease lease = lease_of(std::move(name), std::move(owner));
    lease.until = until;
    if (still_held(lease)) co_return lease;
    co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
  }

  Task<bool> withdraw(std::string name, std::string owner) override {
    auto removed = co_await call(words("ZREM", holders_key(name), owner));
    co_return removed && removed->is(1);
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::sem_zset_lua() {
  Backend lock =
      redis::semaphore_entry({"sem-zset-lua", "holders in a sorted set, by the server's clock",
                              "lock-algorithms.md, A10"});
  lock.claims.checks_lease = true;
  lock.interpret_permits = redis::interpret_holders;
  lock.connect = redis::make_lock<redis::ScriptedZsetSemaphore>;
  return lock;
}

}  // namespace lockstep
