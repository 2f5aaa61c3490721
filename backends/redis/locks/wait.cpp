// redis-wait: redis-failover that believes only in what enough replicas have received.
//
// After the grant it sends WAIT; with fewer acknowledgements than asked for it takes the grant back
// and tries again. Claims what redis-failover claims, and that a grant survives the master, if a
// replica that acknowledged it is promoted: Sentinels prefer the one that has received most, of
// those they can reach. Releases are not waited for.
// Source: Redis documentation, WAIT and "Replication".
// Fencing token: the counter "fence:<lock>".

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/fence_atomic.hpp"

namespace lockstep::redis {
namespace {

class WaitLock final : public FenceAtomicLock {
 public:
  using FenceAtomicLock::FenceAtomicLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto lease = co_await FenceAtomicLock::attempt(std::move(name), std::move(owner));
    if (!lease) co_return lease;
    // WAIT is about what its own connection wrote.
    const std::int64_t wanted = settings_.number("wait_replicas");
    auto received = co_await client_.call_next(words("WAIT", wanted, patience_ms()));
    if (received && !received->is_error() && received->number >= wanted) co_return lease;
    // Whether it is there or not, it is not to be relied on: our caller takes it back.
    co_return fail(ErrorCode::timeout, "too few replicas acknowledged the grant");
  }

 private:
  /// Less than the client waits for any answer.
  std::int64_t patience_ms() const {
    const Duration request = settings_.duration("request_timeout");
    return lease_ms((request > Duration::zero() ? request : lease_) / 2);
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_wait() {
  Backend lock = redis::entry(
      {"redis-wait", "redis-failover that waits for replicas to have its grant",
       "Redis documentation, WAIT"},
      {{"replicas", std::int64_t{2}, "asynchronous replicas of the master"},
       {"wait_replicas", std::int64_t{1}, "how many of them must have received the grant"}});
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<redis::WaitLock>;
  return lock;
}

}  // namespace lockstep
