// redlock-expire-tail: the instances are asked one after the other for keys with a short lease,
// twice the time that a caller would wait; once a quorum has them, each of them is given the whole
// lease.
//
// Claims what redlock claims. But that last command names no owner and nobody looks how long all of
// it took: where the short lease was over, it extends the key of whoever came next, and the client
// counts that instance as its own.
// Source: Redisson, RedissonMultiLock.tryLock and RedissonRedLock; redisson#624, #2172.
// Fencing token: none.

#include "backends/redis/locks/polling.hpp"
#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

constexpr RedlockRules trusts_until_release{.checks_elapsed = false, .tells_validity = false};

class ExpireTailRedlock final : public RedlockLock {
 public:
  ExpireTailRedlock(Env& env, LockOptions options)
      : RedlockLock(env, std::move(options), trusts_until_release) {}

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    const std::int64_t short_ms = lease_ms(settings_.duration("wait") * 2);
    Votes votes(instances_.size(), Vote::unreached);
    for (std::size_t i = 0; i < votes.size(); ++i) {
      Words set = words("SET", lock_key(name), owner, "NX", "PX", short_ms);
      votes[i] = co_await instances_.ask(i, std::move(set));
      if (hopeless(votes, i + 1)) break;
    }
    if (count(votes, Vote::yes) < quorum_) {
      auto failed = co_await give_up(std::move(name), std::move(owner), std::move(votes));
      co_return failed;
    }
    co_await env_.step("expiring");
    co_await expire(name, votes);
    co_return lease_of(std::move(name), std::move(owner));
  }

 private:
  /// Whether the instances that are still to be asked can't make a quorum any more.
  bool hopeless(const Votes& votes, std::size_t asked) const {
    const auto left = static_cast<std::int64_t>(votes.size() - asked);
    return count(votes, Vote::yes) + left < quorum_;
  }

  /// Its answers say whether the keys were there; nobody looks.
  Task<void> expire(std::string name, Votes votes) {
    for (std::size_t i = 0; i < votes.size(); ++i) {
      if (votes[i] != Vote::yes) continue;
      Words whole = words("PEXPIRE", lock_key(name), lease_ms(lease_));
      votes[i] = co_await instances_.ask(i, std::move(whole));
    }
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_expire_tail() {
  Backend lock = redis::redlock_entry(
      {"redlock-expire-tail", "redlock that gives every key its lease at the end, whoever's it is",
       "Redisson, RedissonMultiLock.tryLock"},
      {{"wait", Duration(1s), "how long a caller waits; keys live twice as long at first"}});
  lock.claims.checks_lease = false;
  lock = redis::with_steps(std::move(lock), {"expiring"});
  lock.connect = redis::make_lock<redis::ExpireTailRedlock>;
  return lock;
}

}  // namespace lockstep
