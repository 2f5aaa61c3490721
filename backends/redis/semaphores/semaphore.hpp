#pragma once
// What the semaphores on one Redis instance share: their keys, a client that polls, and what a
// change of a key says about who holds a permit.

#include <cstdint>
#include <string>

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {

/// How many permits are free.
inline std::string permits_key(const std::string& name) {
  return "permits:" + name;
}
/// A sorted set of holders, by a time.
inline std::string holders_key(const std::string& name) {
  return "holders:" + name;
}

/// Whole microseconds since 1970: a score's precision.
inline std::int64_t micros(WallTime at) {
  return std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count();
}

/// A permit is one of several, so there is no value that it guards. What subclasses leave alone is
/// done as by those who never ask whether a try without an answer succeeded: they forget it.
class Semaphore : public PollingLock {
 public:
  using PollingLock::PollingLock;

  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;

 protected:
  Task<bool> withdraw(std::string, std::string) override { co_return false; }
  /// A name that no other acquisition has. It begins with its client's number.
  std::string new_owner() override;

  std::int64_t permits() const { return settings_.number("permits"); }
};

/// An entry with the parameter "permits" and everything but `connect` and `steps`.
Backend semaphore_entry(EntryText text, std::initializer_list<Parameter> own = {});

/// A counter of free permits. A grant is a step down, a release a step up; nobody has a name.
void interpret_counter(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out);
/// Every member of the holders holds a permit.
void interpret_holders(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out);
/// The first of the holders do, as many as there are permits.
void interpret_first_holders(const KeyChange& change, std::int64_t permits,
                             std::vector<GrantNote>& out);

/// The first `count` members of the sorted set `before` as against `after`, both as a KeyChange
/// tells them: those who are new hold `lock`, those who are gone do no longer.
void compare_members(const KeyChange& change, const std::string& lock, std::size_t count,
                     std::vector<GrantNote>& out);

}  // namespace lockstep::redis
