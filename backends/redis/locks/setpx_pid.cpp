// redis-setpx-pid: redis-setpx with a process number for a value.
//
// Claims what redis-setpx claims. But every container's first process is number 1, so that one
// client's compare and delete takes another one's lock for its own.
// Source: lock-algorithms.md F1 (a seed's own bug); Redis documentation on why values are random.
// Fencing token: none.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/set_px.hpp"

namespace lockstep::redis {
namespace {

class SetPxPidLock final : public SetPxLock {
 public:
  using SetPxLock::SetPxLock;

 protected:
  std::string new_owner() override { return "pid-" + std::to_string(settings_.number("pid")); }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setpx_pid() {
  Backend lock = redis::entry({"redis-setpx-pid", "SET NX PX with a value that clients share",
                               "Redis documentation, Distributed Locks (as a mistake)"},
                              {{"pid", std::int64_t{1}, "the process number of every client"}});
  lock.connect = redis::make_lock<redis::SetPxPidLock>;
  return lock;
}

}  // namespace lockstep
