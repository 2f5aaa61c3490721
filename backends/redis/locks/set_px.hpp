#pragma once
// SET key owner NX PX lease: the one command that most locks on one Redis instance begin with.

#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {

class SetPxLock : public PollingLock {
 public:
  using PollingLock::PollingLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override;
};

}  // namespace lockstep::redis
