// redis-fenced: redis-reentrant for a lease that the caller asks for, without a watchdog, and with
// a token from the same script.
//
// Claims mutual exclusion while holds are shorter than the lease, and tokens that rise with each
// grant. An entry gives a new token, also to the owner who is in already.
// Source: Redisson, RedissonFencedLock (its algorithm; the script is ours), whose form with a lease
// calls the one without (ignores_lease): the lock lasts for the watchdog's 30 s, whatever was
// asked. Fencing token: the counter "fence:<lock>".

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {
namespace {

/// KEYS: lock, fence. ARGV: owner, lease in ms. The token, or nil when somebody else is in.
constexpr std::string_view enter_script = R"(
local inside = redis.call('GET', KEYS[1])
if inside and inside ~= ARGV[1] then
  return false
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('INCR', KEYS[2]))";

class FencedLock final : public PollingLock {
 public:
  FencedLock(Env& env, LockOptions options)
      : PollingLock(env, std::move(options)), owner_(env.random().token()) {}

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const bool ignores = settings_.flag("ignores_lease");
    const Duration lasts = ignores ? settings_.duration("watchdog_timeout") : lease_;
    Words keys = words(lock_key(name), fence_key(name));
    auto token =
        co_await eval(std::string(enter_script), std::move(keys), words(owner, lease_ms(lasts)));
    if (!token) co_return fail(token.error());
    if (token->is_nil()) co_return fail(ErrorCode::held);
    Lease lease = lease_of(std::move(name), std::move(owner));
    lease.token = static_cast<std::uint64_t>(token->number);
    co_return lease;
  }

  /// The next try finds itself inside.
  Task<bool> withdraw(std::string, std::string) override { co_return false; }
  std::string new_owner() override { return owner_; }

 private:
  std::string owner_;  // of one thread of one client, for all its acquisitions
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_fenced() {
  Backend lock =
      redis::entry({"redis-fenced", "a lock that may be entered again, with a token for each entry",
                    "Redisson, RedissonFencedLock"},
                   {{"ignores_lease", false, "the lease that was asked for is not passed on"},
                    {"watchdog_timeout", Duration(30s), "the lease of those who asked for none"}});
  lock.claims.ordered_token = true;
  lock.connect = redis::make_lock<redis::FencedLock>;
  return lock;
}

}  // namespace lockstep
