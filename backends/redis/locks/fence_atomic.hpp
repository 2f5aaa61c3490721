#pragma once
// SET NX PX and INCR of a fencing counter in one script: what locks with a good token begin with.

#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {

class FenceAtomicLock : public PollingLock {
 public:
  using PollingLock::PollingLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override;
};

}  // namespace lockstep::redis
