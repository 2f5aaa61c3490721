// redis-setpx-del: SET lock owner NX PX lease; DEL lock, whoever's it is.
//
// Claims what redis-setpx claims. But the release deletes by name: after an overrun, or sent twice,
// it frees the lock of whoever came next.
// Source: the variant that the Redis documentation warns of ("Distributed Locks").
// Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class SetPxDelLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

  Task<Result<void>> release(Lease lease) override {
    auto deleted = co_await call(words("DEL", lock_key(lease.lock)));
    if (!deleted) co_return fail(deleted.error());
    co_return Result<void>();
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx_del() {
  Backend lock = redis::entry({"redis-setpx-del", "SET NX PX, DEL by name",
                               "Redis documentation, Distributed Locks (as a mistake)"});
  lock.connect = redis::make_lock<redis::SetPxDelLock>;
  return lock;
}

}  // namespace lockstep
