// redis-fair: waiters queue in a list, and who leaves tells the first of them.
//
// A waiter has a deadline, so that a dead one does not stop the queue: a time that its own wall
// clock chose, and that whoever comes next compares with his. Claims mutual exclusion as
// redis-reentrant does, and grants in the order of asking; the latter needs clocks that agree.
// Source: Redisson, RedissonFairLock (its algorithm; the scripts are ours); redisson#1104, #2883,
// #3004 for what went wrong with it.
// Fencing token: none.

#include <algorithm>
#include <optional>

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/owner_hash.hpp"

namespace lockstep::redis {
namespace {

// All scripts begin with the queue's own housekeeping. KEYS: lock, queue, deadlines.
// ARGV: owner, lease in ms, the owner's time in ms since 1970 (0: by the server's clock), how long
// a waiter may wait in ms.
constexpr std::string_view housekeeping = R"(
local lock, queue, deadlines = KEYS[1], KEYS[2], KEYS[3]
local owner, lease, now, longest = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function first()
  return redis.call('LINDEX', queue, 0)
end
local function deadline_of(waiter)
  return tonumber(redis.call('ZSCORE', deadlines, waiter) or nil)
end
local function drop_late_waiters()
  local waiter = first()
  while waiter and (deadline_of(waiter) or 0) <= now do
    redis.call('LPOP', queue)
    redis.call('ZREM', deadlines, waiter)
    waiter = first()
  end
end
local function tell_first()
  local waiter = first()
  if waiter then
    redis.call('PUBLISH', lock .. ':' .. waiter, 'unlocked')
  end
end
)";

/// Nil when in, else after how many ms to look again.
constexpr std::string_view enter_script = R"(
drop_late_waiters()
if redis.call('EXISTS', lock) == 0 and (not first() or first() == owner) then
  if first() then
    redis.call('LPOP', queue)
    redis.call('ZREM', deadlines, owner)
    for _, waiter in ipairs(redis.call('ZRANGE', deadlines, 0, -1)) do
      redis.call('ZINCRBY', deadlines, -longest, waiter)
    end
  end
  redis.call('HSET', lock, owner, 1)
  redis.call('PEXPIRE', lock, lease)
  return false
end
if redis.call('HEXISTS', lock, owner) == 1 then
  redis.call('HINCRBY', lock, owner, 1)
  redis.call('PEXPIRE', lock, lease)
  return false
end
if deadline_of(owner) then
  return math.max(deadline_of(owner) - longest - now, 0)
end
local last = redis.call('LINDEX', queue, -1)
local rest = last and deadline_of(last) and deadline_of(last) - now or redis.call('PTTL', lock)
rest = math.max(rest, 0)
redis.call('ZADD', deadlines, string.format('%.0f', now + rest + longest), owner)
redis.call('RPUSH', queue, owner)
return rest)";

constexpr std::string_view leave_script = R"(
drop_late_waiters()
if redis.call('EXISTS', lock) == 0 then
  tell_first()
  return 1
end
if redis.call('HEXISTS', lock, owner) == 0 then
  return false
end
if redis.call('HINCRBY', lock, owner, -1) > 0 then
  redis.call('PEXPIRE', lock, lease)
  return 0
end
redis.call('DEL', lock)
tell_first()
return 1)";

/// Those behind move up.
constexpr std::string_view give_up_script = R"(
local found = false
for _, waiter in ipairs(redis.call('LRANGE', queue, 0, -1)) do
  if found then
    redis.call('ZINCRBY', deadlines, -longest, waiter)
  end
  found = found or waiter == owner
end
redis.call('ZREM', deadlines, owner)
return redis.call('LREM', queue, 0, owner))";

class FairLock final : public OwnerHashLock {
 public:
  using OwnerHashLock::OwnerHashLock;

 protected:
  Task<Result<Reply>> enter(std::string name) override {
    co_await env_.step("entering");
    auto reply = co_await run(std::string(enter_script), std::move(name));
    co_return reply;
  }
  Task<Result<Reply>> leave(std::string name) override {
    return run(std::string(leave_script), std::move(name));
  }
  std::string channel(const std::string& name) const override {
    return lock_key(name) + ":" + owner_;
  }
  Task<void> give_up(std::string name) override {
    co_await env_.step("giving-up");
    auto gone = co_await run(std::string(give_up_script), std::move(name));
    (void)gone;
  }

 private:
  Task<Result<Reply>> run(std::string script, std::string name) {
    Words keys = words(lock_key(name), "queue:" + name, "deadlines:" + name);
    const std::int64_t longest = lease_ms(options_.settings.duration("fair_wait"));
    const bool of_server = options_.settings.flag("server_time");
    const std::int64_t now = of_server ? 0 : millis(env_.wall_now());
    Words arguments = words(owner_, lease_ms(lease_), now, longest);
    script.insert(0, housekeeping);
    return eval(std::move(script), std::move(keys), std::move(arguments));
  }
};

/// The owners in "[a, b]".
std::vector<std::string> listed(const std::optional<std::string>& value) {
  std::vector<std::string> owners;
  if (!value || value->size() < 2) return owners;
  const std::string list = value->substr(1, value->size() - 2);
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    owners.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return owners;
}

void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  constexpr std::string_view prefix = "queue:";
  if (!change.key.starts_with(prefix)) return;
  const std::string lock = change.key.substr(prefix.size());
  const std::vector<std::string> before = listed(change.before);
  const std::vector<std::string> after = listed(change.after);
  const auto missing_in = [](const std::vector<std::string>& list, const std::string& owner) {
    return std::find(list.begin(), list.end(), owner) == list.end();
  };
  for (const std::string& owner : before) {
    if (missing_in(after, owner)) out.push_back({lock, owner, false});
  }
  for (const std::string& owner : after) {
    if (missing_in(before, owner)) out.push_back({lock, owner, true});
  }
}

/// A dead waiter at the head stops the queue until its deadline, and so may each one behind it.
Duration fair_bound(const Settings& settings) {
  return polling_bound(settings) + settings.duration("fair_wait") * 4;
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_fair() {
  Backend lock = redis::entry(
      {"redis-fair", "redis-reentrant with a queue of waiters", "Redisson, RedissonFairLock"},
      {{"fair_wait", Duration(5min), "how long a silent waiter keeps its place"},
       {"server_time", false, "waiters' deadlines by the server's clock, not by their own"}});
  lock.claims.fifo = true;
  lock.steps = {"renewing", "renewed", "entering", "giving-up"};
  lock.interpret = redis::interpret_owner_hash;
  lock.interpret_queue = redis::interpret_queue;
  lock.connect = redis::make_lock<redis::FairLock>;
  lock.liveness_bound = redis::fair_bound;
  return lock;
}

}  // namespace lockstep
