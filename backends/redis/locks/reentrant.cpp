// redis-reentrant: a lock that its owner may enter again, as often as it leaves it again.
//
// Claims mutual exclusion between clients for holds of any length while the holder runs and reaches
// the server: a watchdog renews the lease. An owner is one handle of one client, not one
// acquisition: an enter that was executed twice needs two leaves.
// Source: Redisson, RedissonLock (its algorithm; the scripts are ours).
// Fencing token: none. With remembers_lease a lease that one acquire asked for stays in the object
// for the next ones, which asked for none (redisson#4818).

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/owner_hash.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: lock. ARGV: owner, lease in ms. Nil when in, else the lease's rest in ms.
constexpr std::string_view enter_script = R"(
local lock, owner, lease = KEYS[1], ARGV[1], ARGV[2]
if redis.call('EXISTS', lock) == 1 and redis.call('HEXISTS', lock, owner) == 0 then
  return redis.call('PTTL', lock)
end
redis.call('HINCRBY', lock, owner, 1)
redis.call('PEXPIRE', lock, lease)
return false)";

/// KEYS: lock, channel. ARGV: owner, lease in ms.
constexpr std::string_view leave_script = R"(
local lock, owner, lease = KEYS[1], ARGV[1], ARGV[2]
if redis.call('HEXISTS', lock, owner) == 0 then
  return false
end
if redis.call('HINCRBY', lock, owner, -1) > 0 then
  redis.call('PEXPIRE', lock, lease)
  return 0
end
redis.call('DEL', lock)
redis.call('PUBLISH', KEYS[2], 'unlocked')
return 1)";

class ReentrantLock final : public OwnerHashLock {
 public:
  ReentrantLock(Env& env, LockOptions options)
      : OwnerHashLock(env, std::move(options)),
        first_lease_(options_.settings.duration("first_lease")),
        remembers_(options_.settings.flag("remembers_lease")) {}

 protected:
  Task<Result<Reply>> enter(std::string name) override {
    const bool explicitly = first_lease_ > Duration::zero() && (holds_ == 0 || remembers_);
    const Duration asked = explicitly ? first_lease_ : lease_;
    auto entered = co_await eval(std::string(enter_script), words(lock_key(name)),
                                 words(owner_, lease_ms(asked)));
    if (entered && entered->is_nil()) ++holds_;
    co_return entered;
  }
  Task<Result<Reply>> leave(std::string name) override {
    Words keys = words(lock_key(name), channel(name));
    return eval(std::string(leave_script), std::move(keys), words(owner_, lease_ms(lease_)));
  }
  std::string channel(const std::string& name) const override { return "unlocked:" + name; }
  Task<void> give_up(std::string) override { co_return; }

 private:
  Duration first_lease_;
  bool remembers_;
  std::int64_t holds_ = 0;
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_reentrant() {
  Backend lock = redis::entry(
      {"redis-reentrant", "a hash that counts its owner's entries, renewed",
       "Redisson, RedissonLock"},
      {{"first_lease", Duration(0), "what a client's first acquire asks for; 0: as all others"},
       {"remembers_lease", false, "its later acquires ask for that, too"}});
  lock.steps = {"renewing", "renewed"};
  lock.interpret = redis::interpret_owner_hash;
  lock.connect = redis::make_lock<redis::ReentrantLock>;
  return lock;
}

}  // namespace lockstep
