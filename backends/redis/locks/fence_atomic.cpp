// redis-fence-atomic: SET NX PX and INCR of a counter in one script; compare and delete.
//
// Claims what redis-setpx claims, and tokens that rise with each grant for as long as the server
// keeps the counter. A resource that checks them on reads and writes loses no update.
// Source: Kleppmann, "How to do distributed locking" (2016), for the token; the script is ours.
// Fencing token: the counter "fence:<lock>".
//
// redis-failover: the same on a master with asynchronous replicas, watched by Sentinels. What a
// master had granted and not yet replicated is lost with it, and so are the tokens.
// Source: Redis documentation, "Distributed Locks", "Why failover-based implementations are not
// enough", and "High availability with Sentinel".

#include "backends/redis/locks/fence_atomic.hpp"

#include "backends/redis/locks/entry.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view set_and_count = R"(
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return false
end
return redis.call('INCR', KEYS[2]))";

}  // namespace

Task<Result<Lease>> FenceAtomicLock::attempt(std::string name, std::string owner) {
  Words keys = words(lock_key(name), fence_key(name));
  auto token =
      co_await eval(std::string(set_and_count), std::move(keys), words(owner, lease_ms(lease_)));
  if (!token) co_return fail(token.error());
  if (token->is_nil()) co_return fail(ErrorCode::held);
  Lease lease = lease_of(std::move(name), std::move(owner));
  lease.token = static_cast<std::uint64_t>(token->number);
  co_return lease;
}

}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_fence_atomic() {
  Backend lock =
      redis::entry({"redis-fence-atomic", "redis-setpx with a token from the same script",
                    "Kleppmann, How to do distributed locking (2016)"});
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<redis::FenceAtomicLock>;
  return lock;
}

Backend backends::redis_failover() {
  Backend lock =
      redis::entry({"redis-failover", "redis-fence-atomic on a master with replicas and Sentinels",
                    "Redis documentation, Distributed Locks; High availability with Sentinel"},
                   {{"replicas", std::int64_t{2}, "asynchronous replicas of the master"}});
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<redis::FenceAtomicLock>;
  return lock;
}

}  // namespace lockstep
