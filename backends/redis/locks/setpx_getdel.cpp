// redis-setpx-getdel: SET lock owner NX PX lease; GET lock and, if it is ours, DEL lock.
//
// Claims what redis-setpx claims. But between the two commands of the release the lease can end and
// the lock pass to somebody else, whom the DEL then frees.
// Source: the variant that the Redis documentation's script replaces ("Distributed Locks").
// Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class SetPxGetDelLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

  Task<Result<void>> release(Lease lease) override {
    auto value = co_await call(words("GET", lock_key(lease.lock)));
    if (!value) co_return fail(value.error());
    if (value->is_nil() || value->text != lease.owner) co_return fail(ErrorCode::lost);
    co_await env_.step("got-value");
    auto deleted = co_await call(words("DEL", lock_key(lease.lock)));
    if (!deleted) co_return fail(deleted.error());
    co_return Result<void>();
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx_getdel() {
  Backend lock = redis::entry({"redis-setpx-getdel", "SET NX PX, GET then DEL in two commands",
                               "Redis documentation, Distributed Locks (as a mistake)"});
  lock.steps = {"got-value"};
  lock.connect = redis::make_lock<redis::SetPxGetDelLock>;
  return lock;
}

}  // namespace lockstep
