#pragma once
// Redlock: a lock that is held while a majority of independent Redis instances keep its key.

#include <memory>
#include <string>
#include <string_view>

#include "backends/backend.hpp"
#include "backends/redis/locks/entry.hpp"
#include "backends/redis/redlock/instances.hpp"
#include "core/lock.hpp"

namespace lockstep::redis {

/// Where the Redlock clients of the field differ. As they stand: the algorithm as specified.
struct RedlockRules {
  ClockKind clock = ClockKind::steady;  // which measures the time that an attempt took
  bool quorum_is_majority = true;       // N / 2 + 1 instances; else N / 2
  bool allows_for_drift = true;         // validity is less by drift_allowance of the lease and 2 ms
  bool checks_elapsed = true;           // a quorum that took longer than the validity is none
  bool tells_validity = true;           // the application knows until when it may act
  bool takes_back = true;               // a failed attempt is undone at all instances
};

class RedlockLock : public Lock {
 public:
  RedlockLock(Env& env, LockOptions options, RedlockRules rules = {});

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  /// Compare and delete at all instances. Ends in `lost` unless a quorum still had the key.
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 protected:
  /// With these instances; a quorum of 0 is what the rules say.
  RedlockLock(Env& env, LockOptions options, RedlockRules rules, Instances instances,
              std::int64_t quorum = 0);

  /// One attempt. Ends in `held` when it was undone, or too little of it is left to keep anybody
  /// out; in `timeout` when a quorum may be left.
  virtual Task<Result<Lease>> attempt(std::string name, std::string owner);
  /// Undoes an attempt that got `votes`, and says what became of it.
  Task<Result<Lease>> give_up(std::string name, std::string owner, Votes votes);

  Deadline after(Duration length) const;
  bool passed(const Deadline& until) const { return until <= after(Duration(0)); }
  /// How long a lease is good for, counted from before it was asked for.
  Duration validity() const;

  Env& env_;
  Settings settings_;
  Duration lease_;
  RedlockRules rules_;
  Instances instances_;
  std::int64_t quorum_;
};

/// An entry with everything but `connect`: five instances, a quorum of three.
Backend redlock_entry(EntryText text, std::initializer_list<Parameter> own = {});

template <const RedlockRules& rules>
std::unique_ptr<Lock> make_redlock(Env& client, LockOptions options) {
  return std::make_unique<RedlockLock>(client, std::move(options), rules);
}

}  // namespace lockstep::redis
