// redis-fence-clock: redis-setpx, and the client's wall clock for a token.
//
// Claims what redis-fence-atomic claims. But a client whose clock runs ahead shuts out all who come
// after it until their clocks get there, and one whose clock is behind is turned away as a holder.
// Source: lock-algorithms.md, counterexample 24.
// Fencing token: milliseconds since 1970, as the client sees them.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class FenceClockLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto lease = co_await SetPxLock::attempt(std::move(name), std::move(owner));
    if (lease) lease->token = static_cast<std::uint64_t>(millis(env_.wall_now()));
    co_return lease;
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_fence_clock() {
  Backend lock = redis::entry({"redis-fence-clock", "redis-setpx with a client's time for a token",
                               "lock-algorithms.md, counterexample 24"});
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<redis::FenceClockLock>;
  return lock;
}

}  // namespace lockstep
