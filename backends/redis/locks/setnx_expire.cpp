// redis-setnx-expire: SETNX lock owner, then PEXPIRE lock lease; compare and delete.
//
// Claims what redis-setpx claims, in two commands. A client that is lost between them leaves a key
// without an end; a key that vanishes between them makes PEXPIRE answer 0, which nobody reads.
// A try without an answer is taken for a failed one.
// Source: Redis documentation, SETNX and SET (why NX and PX became options of SET).
// Fencing token: none. With expire_with=EXPIRE a lease is a thousand times as long as meant
// (node-redlock e09c9ff, redis-objects#234).
//
// redis-setnx-expire-repair: the same, and a client that finds the lock without an end gives it
// one: its own lease, which cuts the owner's short when that is longer (lock-algorithms.md F11).

#include "backends/redis/locks/setnx_expire.hpp"

namespace lockstep::redis {
Task<Result<Lease>> SetNxExpireLock::attempt(std::string name, std::string owner) {
  auto reply = co_await call(words("SETNX", lock_key(name), owner));
  if (!reply) co_return fail(reply.error());
  if (!reply->is(1)) {
    co_await on_held(name);
    co_return fail(ErrorCode::held);
  }
  co_await env_.step("setnx-done");
  auto expiring = co_await expire(name);
  if (!expiring) co_return fail(expiring.error());
  co_return lease_of(std::move(name), std::move(owner));
}

Task<Result<Reply>> SetNxExpireLock::expire(std::string name) {
  return call(words(settings_.text("expire_with"), lock_key(name), lease_ms(lease_)));
}

Task<void> SetNxExpireRepairLock::on_held(std::string name) {
  constexpr int no_end = -1;
  auto left = co_await call(words("TTL", lock_key(name)));
  if (!left || !left->is(no_end)) co_return;
  co_await env_.step("repairing");
  auto repaired = co_await expire(std::move(name));
  (void)repaired;
}

Parameter expire_command() {
  return {"expire_with", std::string("PEXPIRE"),
          "gives the key its end; EXPIRE takes the same number for seconds"};
}

}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_setnx_expire() {
  Backend lock = redis::entry({"redis-setnx-expire", "SETNX, then PEXPIRE in a second command",
                               "Redis documentation, SETNX"},
                              {redis::expire_command()});
  lock.steps = {"setnx-done"};
  lock.connect = redis::make_lock<redis::SetNxExpireLock>;
  return lock;
}

Backend backends::redis_setnx_expire_repair() {
  Backend lock = redis::entry(
      {"redis-setnx-expire-repair",
       "redis-setnx-expire; losers give an endless key their own lease", "lock-algorithms.md, F11"},
      {redis::expire_command()});
  lock.steps = {"setnx-done", "repairing"};
  lock.connect = redis::make_lock<redis::SetNxExpireRepairLock>;
  return lock;
}

}  // namespace lockstep
