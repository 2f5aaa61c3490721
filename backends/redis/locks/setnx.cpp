// redis-setnx: SETNX lock owner; DEL lock.
//
// Claims mutual exclusion, and that every holder lives to release: a key that nobody deletes stays
// for ever. A try without an answer is taken for a failed one.
// Source: Redis documentation, SETNX, "Design pattern: locking with SETNX", without its time
// stamps. Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {
namespace {

class SetNxLock final : public PollingLock {
 public:
  using PollingLock::PollingLock;

  Task<Result<void>> release(Lease lease) override {
    auto deleted = co_await call(words("DEL", lock_key(lease.lock)));
    if (!deleted) co_return fail(deleted.error());
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto reply = co_await call(words("SETNX", lock_key(name), owner));
    if (!reply) co_return fail(reply.error());
    if (!reply->is(1)) co_return fail(ErrorCode::held);
    co_return lease_of(std::move(name), std::move(owner));
  }

  Task<bool> withdraw(std::string, std::string) override { co_return false; }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setnx() {
  Backend lock = redis::entry(
      {"redis-setnx", "SETNX without a lease, DEL by name", "Redis documentation, SETNX"});
  lock.claims.expires = false;
  lock.connect = redis::make_lock<redis::SetNxLock>;
  return lock;
}

}  // namespace lockstep
