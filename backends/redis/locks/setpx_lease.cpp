// redis-setpx-lease: redis-setpx, and the client knows when to stop: the lease counts from before
// it asked, on its steady clock, less an allowance for drifting clocks.
//
// Claims mutual exclusion of beliefs under pauses, delays and drift within the allowance; an effect
// that sets out in time may still arrive late.
// Source: Redis documentation, "Distributed Locks" (the validity time); Gray and Cheriton, "Leases"
// (SOSP 1989), for the allowance.
// Fencing token: none.
//
// redis-setpx-lease-late: the lease counts from the answer, which may be old when it comes.
// redis-setpx-lease-wall: the lease counts from before, on the wall clock, which jumps.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"
#include "backends/redis/locks/validity.hpp"

namespace lockstep::redis {

namespace {

enum class CountedFrom { request, reply };

template <ClockKind clock, CountedFrom from>
class SetPxLeaseLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

  bool still_held(const Lease& lease) const override {
    return *lease.until > now_plus(Duration(0));
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const Deadline from_request = now_plus(validity(settings_));
    auto lease = co_await SetPxLock::attempt(std::move(name), std::move(owner));
    if (!lease) co_return lease;
    const Deadline from_reply = now_plus(validity(settings_));
    lease->until = from == CountedFrom::request ? from_request : from_reply;
    if (still_held(*lease)) co_return lease;
    co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
  }

 private:
  Deadline now_plus(Duration length) const {
    if constexpr (clock == ClockKind::steady) return env_.steady_now() + length;
    if constexpr (clock == ClockKind::wall) return env_.wall_now() + length;
  }
};

using LeaseLock = SetPxLeaseLock<ClockKind::steady, CountedFrom::request>;
using LateLeaseLock = SetPxLeaseLock<ClockKind::steady, CountedFrom::reply>;
using WallLeaseLock = SetPxLeaseLock<ClockKind::wall, CountedFrom::request>;

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx_lease() {
  Backend lock = redis::entry({"redis-setpx-lease", "redis-setpx with a deadline on a steady clock",
                               "Redis documentation, Distributed Locks"});
  lock.claims.checks_lease = true;
  lock.connect = redis::make_lock<redis::LeaseLock>;
  return lock;
}

Backend backends::redis_setpx_lease_late() {
  Backend lock = redis::entry({"redis-setpx-lease-late",
                               "redis-setpx-lease with a deadline counted from the answer",
                               "lock-algorithms.md, counterexample 16"});
  lock.claims.checks_lease = true;
  lock.connect = redis::make_lock<redis::LateLeaseLock>;
  return lock;
}

Backend backends::redis_setpx_lease_wall() {
  Backend lock =
      redis::entry({"redis-setpx-lease-wall", "redis-setpx-lease with a deadline on the wall clock",
                    "Kleppmann, How to do distributed locking (2016)"});
  lock.claims.checks_lease = true;
  lock.connect = redis::make_lock<redis::WallLeaseLock>;
  return lock;
}

}  // namespace lockstep
