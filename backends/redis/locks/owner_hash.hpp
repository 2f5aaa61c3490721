#pragma once
// What Redisson's locks share: a hash with one field, its name the owner (one thread of one
// client), its value how often that owner has entered.

#include <memory>
#include <optional>
#include <string>

#include "backends/redis/locks/polling.hpp"
#include "backends/redis/locks/watchdog.hpp"

namespace lockstep::redis {

/// KEYS: lock. ARGV: owner, lease in ms. Renews the hash of an owner; 0 if it is not in.
inline constexpr std::string_view extend_if_inside = R"(
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0)";

/// Waits for news on a channel, with the key's remaining life as a limit: news are hints that may
/// be lost. Subclasses say how one enters and leaves; a watchdog renews in between.
class OwnerHashLock : public Lock {
 public:
  OwnerHashLock(Env& env, LockOptions options);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;
  Task<Result<void>> guarded_write_all(std::vector<GuardedWrite> writes) override;

 protected:
  /// One try: nil when we are in, else for how many ms there is no point in another one.
  virtual Task<Result<Reply>> enter(std::string name) = 0;
  /// 1 when we are out, 0 when we are still in (entered more than once), nil when we never were.
  virtual Task<Result<Reply>> leave(std::string name) = 0;
  /// Where the one who may enter next is told.
  virtual std::string channel(const std::string& name) const = 0;
  /// After patience ran out.
  virtual Task<void> give_up(std::string name) = 0;

  Task<Result<Reply>> eval(std::string script, Words keys, Words arguments);

  Env& env_;
  LockOptions options_;
  Duration lease_;
  std::string owner_;
  Client client_;

 private:
  Task<void> wait(std::string channel, Duration at_most);
  Lease begin(std::string name);

  std::optional<Subscriber> subscriber_;
  std::shared_ptr<Renewal> hold_;
};

}  // namespace lockstep::redis
