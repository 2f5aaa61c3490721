// redis-setpx: SET lock owner NX PX lease; compare and delete.
//
// Claims mutual exclusion while holds are shorter than the lease, on one server that forgets
// nothing. The client trusts the lock until it releases it: it looks at no clock.
// Source: Redis documentation, "Distributed Locks", the single-instance algorithm.
// Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {

Task<Result<Lease>> SetPxLock::attempt(std::string name, std::string owner) {
  Words set = words("SET", lock_key(name), owner, "NX", "PX", lease_ms(lease_));
  auto reply = co_await call(std::move(set));
  if (!reply) co_return fail(reply.error());
  if (!reply->is_ok()) co_return fail(ErrorCode::held);
  co_return lease_of(std::move(name), std::move(owner));
}

}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx() {
  Backend lock = redis::entry({"redis-setpx", "SET NX PX with a unique value, compare and delete",
                               "Redis documentation, Distributed Locks"});
  lock.connect = redis::make_lock<redis::SetPxLock>;
  return lock;
}

}  // namespace lockstep
