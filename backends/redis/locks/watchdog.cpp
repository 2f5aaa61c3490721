// redis-watchdog: redis-setpx, and a task renews the lease every third of it (compare and extend)
// until the release stops it.
//
// Claims mutual exclusion for holds of any length, while the client runs and reaches the server.
// That a renewal found the lock lost is only logged: the application goes on. With gives_up one
// renewal without an answer ends them all, under a living holder (redisson#775, #3194, #5698).
// Source: Redisson (RedissonLock's lockWatchdogTimeout; redisson#3636 on the loss).
// Fencing token: none.
//
// redis-watchdog-notify: the answer 0 to a renewal reaches the application, which stops.
// redis-watchdog-lease: it also stops by itself when its last successful renewal was sent a lease
// ago by its steady clock, less the allowance for drift.
// redis-watchdog-recreate: a renewal that finds no key makes a new one, and with it hides that the
// exclusion was broken meanwhile (redis-semaphore#175).

#include "backends/redis/locks/watchdog.hpp"

#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/validity.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view extend_or_recreate = R"(
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
elseif not owner then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0)";

/// The deadline moves with each renewal, unless it has passed.
void extend_deadline(Env& env, Renewal& hold, SteadyTime sent) {
  if (!hold.rules.deadline) return;
  if (env.steady_now() >= *hold.until) {
    hold.lost = true;
    return;
  }
  hold.until = sent + validity(hold.settings);
  env.note(BeliefExtended{hold.lock, hold.owner, Deadline(*hold.until)});
}

}  // namespace

Task<void> renew(Env& env, std::shared_ptr<Renewal> hold) {
  const Duration lease = hold->settings.duration("lease");
  Duration pause = lease / 3;
  for (;;) {
    co_await env.sleep_for(pause);
    if (hold->stopped) co_return;
    co_await env.step("renewing");
    if (hold->stopped) co_return;
    const SteadyTime sent = env.steady_now();
    Words keys = words(lock_key(hold->lock));
    Words arguments = words(hold->owner, lease_ms(lease));
    auto reply = co_await hold->client.eval(std::string(hold->rules.script), std::move(keys),
                                            std::move(arguments));
    if (hold->stopped) co_return;
    // Without an answer it is tried again soon.
    const bool answered = reply.has_value() && !reply->is_error();
    if (!answered && hold->rules.gives_up) co_return;
    pause = answered ? lease / 3 : lease / 20;
    if (!answered) continue;
    if (reply->is(1)) {
      extend_deadline(env, *hold, sent);
    } else {
      hold->lost = true;
      if (hold->rules.tells) env.note(BeliefLost{hold->lock, hold->owner});
    }
    if (hold->lost) co_return;
    co_await env.step("renewed");
  }
}

WatchdogLock::WatchdogLock(Env& env, LockOptions options, RenewalRules rules)
    : SetPxLock(env, options), options_(std::move(options)), rules_(rules) {
  if (settings_.contains("gives_up")) rules_.gives_up = settings_.flag("gives_up");
}

Task<Result<Lease>> WatchdogLock::attempt(std::string name, std::string owner) {
  const SteadyTime sent = env_.steady_now();
  auto lease = co_await SetPxLock::attempt(std::move(name), std::move(owner));
  if (!lease) co_return lease;
  auto hold = std::make_shared<Renewal>(env_, options_);
  hold->rules = rules_;
  hold->lock = lease->lock;
  hold->owner = lease->owner;
  if (rules_.deadline) {
    hold->until = sent + validity(settings_);
    if (env_.steady_now() >= *hold->until) {
      co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
    }
    lease->until = *hold->until;
  }
  hold_ = hold;
  env_.spawn(renew(env_, std::move(hold)));
  co_return lease;
}

Task<Result<void>> WatchdogLock::release(Lease lease) {
  if (hold_ && hold_->owner == lease.owner) hold_->stopped = true;
  auto released = co_await SetPxLock::release(std::move(lease));
  co_return released;
}

bool WatchdogLock::still_held(const Lease& lease) const {
  if (!rules_.tells || !hold_ || hold_->owner != lease.owner) return true;
  if (hold_->until && env_.steady_now() >= *hold_->until) hold_->lost = true;
  return !hold_->lost;
}

namespace {

constexpr RenewalRules notify_rules{.tells = true};
constexpr RenewalRules lease_rules{.tells = true, .deadline = true};
constexpr RenewalRules recreate_rules{.script = extend_or_recreate};

template <const RenewalRules& rules>
std::unique_ptr<Lock> make_watchdog(Env& client, LockOptions options) {
  return std::make_unique<WatchdogLock>(client, std::move(options), rules);
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redis_watchdog() {
  Backend lock = redis::entry({"redis-watchdog", "redis-setpx, renewed by a task until released",
                               "Redisson, RedissonLock; redisson#3636"},
                              {{"gives_up", false, "a renewal without an answer is the last"}});
  lock.steps = {"renewing", "renewed"};
  lock.connect = redis::make_lock<redis::WatchdogLock>;
  return lock;
}

Backend backends::redis_watchdog_notify() {
  Backend lock = redis::entry({"redis-watchdog-notify",
                               "redis-watchdog that tells its holder when a renewal failed",
                               "lock-algorithms.md, A2"});
  lock.claims.checks_lease = true;
  lock.steps = {"renewing", "renewed"};
  lock.connect = redis::make_watchdog<redis::notify_rules>;
  return lock;
}

Backend backends::redis_watchdog_lease() {
  Backend lock = redis::entry({"redis-watchdog-lease",
                               "redis-watchdog-notify with a deadline on a steady clock",
                               "lock-algorithms.md, A2"});
  lock.claims.checks_lease = true;
  lock.steps = {"renewing", "renewed"};
  lock.connect = redis::make_watchdog<redis::lease_rules>;
  return lock;
}

Backend backends::redis_watchdog_recreate() {
  Backend lock =
      redis::entry({"redis-watchdog-recreate", "redis-watchdog whose renewals recreate a lost key",
                    "redis-semaphore#175"});
  lock.steps = {"renewing", "renewed"};
  lock.connect = redis::make_watchdog<redis::recreate_rules>;
  return lock;
}

}  // namespace lockstep
