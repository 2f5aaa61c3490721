// redis-getset-ts: the value is the time at which the lock may be taken over.
//
// SETNX lock (now + lease); if held and past, GETSET lock (now + lease): won if the old value was
// past. DEL lock unless our own time is past. Claims mutual exclusion while holds are shorter than
// the lease and all clients' wall clocks agree. The value also names the owner, and two clients may
// write the same one. A try without an answer is taken for a failed one.
// Source: Redis documentation, SETNX, "Design pattern: locking with SETNX".
// Fencing token: none.

#include <charconv>

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"

namespace lockstep::redis {
namespace {

class GetSetLock final : public PollingLock {
 public:
  using PollingLock::PollingLock;

  Task<Result<void>> release(Lease lease) override {
    if (past(lease.owner)) co_return fail(ErrorCode::lost, "the lease was over");
    auto deleted = co_await call(words("DEL", lock_key(lease.lock)));
    if (!deleted) co_return fail(deleted.error());
    co_return Result<void>();
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string) override {
    const std::string key = lock_key(name);
    std::string until = std::to_string(millis(env_.wall_now() + lease_));
    auto created = co_await call(words("SETNX", key, until));
    if (!created) co_return fail(created.error());
    if (created->is(1)) co_return lease_of(std::move(name), std::move(until));
    auto current = co_await call(words("GET", key));
    if (!current) co_return fail(current.error());
    // A key that is gone meanwhile is for the next try.
    if (current->is_nil() || !past(current->text)) co_return fail(ErrorCode::held);
    co_await env_.step("found-past");
    until = std::to_string(millis(env_.wall_now() + lease_));
    auto old = co_await call(words("GETSET", key, until));
    if (!old) co_return fail(old.error());
    if (!old->is_nil() && !past(old->text)) co_return fail(ErrorCode::held);
    co_return lease_of(std::move(name), std::move(until));
  }

  Task<bool> withdraw(std::string, std::string) override { co_return false; }
  std::string new_owner() override { return {}; }

 private:
  bool past(const std::string& until) const {
    std::int64_t ms = 0;
    std::from_chars(until.data(), until.data() + until.size(), ms);
    return ms <= millis(env_.wall_now());
  }
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_getset_ts() {
  Backend lock = redis::entry({"redis-getset-ts", "SETNX and GETSET of a client's time stamp",
                               "Redis documentation, SETNX"});
  lock.steps = {"found-past"};
  lock.connect = redis::make_lock<redis::GetSetLock>;
  return lock;
}

}  // namespace lockstep
