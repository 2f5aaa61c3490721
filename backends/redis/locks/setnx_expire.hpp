#pragma once
// A lock that is taken by one command and given its end by the next.

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {

class SetNxExpireLock : public PollingLock {
 public:
  using PollingLock::PollingLock;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override;
  Task<bool> withdraw(std::string, std::string) override { co_return false; }

  /// What a client does that found the lock held.
  virtual Task<void> on_held(std::string) { co_return; }
  /// Its answer says whether the key was there; nobody looks.
  Task<Result<Reply>> expire(std::string name);
};

/// Who finds the lock held gives a key without an end his own lease.
class SetNxExpireRepairLock : public SetNxExpireLock {
 public:
  using SetNxExpireLock::SetNxExpireLock;

 protected:
  Task<void> on_held(std::string name) override;
};

/// The parameter by which these locks choose the command that ends a key.
Parameter expire_command();

}  // namespace lockstep::redis
