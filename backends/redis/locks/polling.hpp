#pragma once
// What the locks on one Redis instance share: a client that tries again and again, with capped
// exponential backoff and full jitter, until its patience runs out on the steady clock.

#include <memory>
#include <string>

#include "backends/redis/client.hpp"
#include "backends/redis/locks/scripts.hpp"
#include "core/lock.hpp"

namespace lockstep::redis {

inline std::string lock_key(const std::string& name) {
  return "lock:" + name;
}
inline std::string fence_key(const std::string& name) {
  return "fence:" + name;
}
inline std::string resource_key(const std::string& name) {
  return "resource:" + name;
}

ClientOptions client_options(const Settings& settings);

/// Whole milliseconds, at least one: what PX takes.
std::int64_t lease_ms(Duration lease);

/// A server's "no" (an error reply) as an error.
Result<Reply> refusal_as_error(Result<Reply> reply);

/// What the scripts that write several values at once take: locks and resources, and owners and
/// values.
struct GuardedBatch {
  Words keys;
  Words arguments;
};
GuardedBatch batch_of(const std::vector<GuardedWrite>& writes);

/// A key that exists while the lock is held, its value naming the owner. Subclasses say how one
/// try goes; what they leave alone is done as the Redis documentation has it ("Distributed Locks").
class PollingLock : public Lock {
 public:
  PollingLock(Env& env, LockOptions options);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  /// Compare and delete.
  Task<Result<void>> release(Lease lease) override;
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;
  Task<Result<void>> guarded_write_all(std::vector<GuardedWrite> writes) override;

 protected:
  /// One try. Ends in `held` when somebody else has the lock.
  virtual Task<Result<Lease>> attempt(std::string name, std::string owner) = 0;
  /// After a try whose outcome is unknown: takes back what it may have left. True when something
  /// was there and is gone; otherwise it may be there yet, or on its way.
  virtual Task<bool> withdraw(std::string name, std::string owner);
  /// A value that no other acquisition has.
  virtual std::string new_owner() { return env_.random().token(); }

  /// One command; a server's "no" ends in `refused`.
  Task<Result<Reply>> call(Words words);
  Task<Result<Reply>> eval(std::string script, Words keys, Words arguments);

  Env& env_;
  Settings settings_;
  Duration lease_;
  Client client_;
};

/// A lease without deadline or token.
Lease lease_of(std::string name, std::string owner);

}  // namespace lockstep::redis
