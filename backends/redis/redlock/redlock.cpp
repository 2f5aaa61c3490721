// redlock: SET lock owner NX PX lease on five independent instances at once; held if three said OK
// before the lease, less what clocks may drift, was over; else compare and delete on all five, a
// random pause, and again.
//
// Claims mutual exclusion of beliefs while a majority of the instances keep time within the
// allowance and forget nothing. The client learns until when it may act, counted from before it
// asked, on its steady clock; an effect that sets out in time may still arrive late.
// Source: Redis documentation, "Distributed Locks", the Redlock algorithm; go-redsync (monotonic
// clock; by default a lease of 8 s, 32 tries, 50 to 250 ms between them, drift 1 %, a timeout per
// instance of 5 % of the lease).
// Fencing token: none; the owner values have no order.
//
// redlock-delayed-restart: an instance that restarts stays away for longer than the lease, so that
// nothing it may have forgotten can still be held.

#include "backends/redis/redlock/redlock.hpp"

#include "backends/redis/deployment.hpp"
#include "backends/redis/locks/polling.hpp"
#include "backends/redis/locks/validity.hpp"
#include "backends/redis/server.hpp"

namespace lockstep::redis {
namespace {

constexpr std::int64_t how_many = 5;

std::int64_t quorum_of(std::size_t servers, const RedlockRules& rules) {
  const auto half = static_cast<std::int64_t>(servers / 2);
  return rules.quorum_is_majority ? half + 1 : half;
}

/// An instance at which a key of the attempt may be, or may yet arrive.
std::int64_t may_be_left(const Votes& set, const Votes& deleted) {
  std::int64_t left = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool unanswered = deleted[i] == Vote::none || deleted[i] == Vote::unreached;
    const bool kept = set[i] == Vote::yes && unanswered;
    const bool in_doubt = set[i] == Vote::none && deleted[i] != Vote::yes;
    left += kept || in_doubt;
  }
  return left;
}

}  // namespace

RedlockLock::RedlockLock(Env& env, LockOptions options, RedlockRules rules)
    : RedlockLock(env, options, rules, Instances(env, masters_of(options), options.settings)) {}

RedlockLock::RedlockLock(Env& env, LockOptions options, RedlockRules rules, Instances instances,
                         std::int64_t quorum)
    : env_(env),
      settings_(std::move(options.settings)),
      lease_(settings_.duration("lease")),
      rules_(rules),
      instances_(std::move(instances)),
      quorum_(quorum > 0 ? quorum : quorum_of(instances_.size(), rules)) {}

Deadline RedlockLock::after(Duration length) const {
  if (rules_.clock == ClockKind::steady) return env_.steady_now() + length;
  return env_.wall_now() + length;
}

Duration RedlockLock::validity() const {
  return rules_.allows_for_drift ? redis::validity(settings_) : lease_;
}

Task<Result<Lease>> RedlockLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up_at = env_.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name, env_.random().token());
    if (lease) co_return lease;
    in_doubt |= !lease.error().definite();
    const Duration pause =
        env_.random().between(settings_.duration("retry_min"), settings_.duration("retry_max"));
    if (env_.steady_now() + pause >= give_up_at) {
      if (in_doubt) co_return fail(ErrorCode::timeout, "a try may have left a quorum of keys");
      co_return lease;
    }
    co_await env_.sleep_for(pause);
  }
}

Task<Result<Lease>> RedlockLock::attempt(std::string name, std::string owner) {
  const Deadline until = after(validity());
  Words set = words("SET", lock_key(name), owner, "NX", "PX", lease_ms(lease_));
  auto votes = co_await instances_.ask_all(std::move(set));
  const bool in_time = !rules_.checks_elapsed || !passed(until);
  if (count(votes, Vote::yes) >= quorum_ && in_time) {
    Lease lease = lease_of(std::move(name), std::move(owner));
    if (rules_.tells_validity) lease.until = until;
    co_return lease;
  }
  auto failed = co_await give_up(std::move(name), std::move(owner), std::move(votes));
  co_return failed;
}

Task<Result<Lease>> RedlockLock::give_up(std::string name, std::string owner, Votes votes) {
  Votes deleted(votes.size(), Vote::none);
  if (rules_.takes_back) {
    co_await env_.step("taking-back");
    Words remove = eval_words(compare_and_delete, lock_key(name), owner);
    deleted = co_await instances_.ask_all(std::move(remove));
  }
  if (may_be_left(votes, deleted) >= quorum_) {
    co_return fail(ErrorCode::timeout, "a quorum of keys may be left");
  }
  co_return fail(ErrorCode::held, "no quorum of instances in time");
}

Task<Result<void>> RedlockLock::release(Lease lease) {
  Words remove = eval_words(compare_and_delete, lock_key(lease.lock), lease.owner);
  const auto votes = co_await instances_.ask_all(std::move(remove));
  if (count(votes, Vote::yes) >= quorum_) co_return Result<void>();
  const auto size = static_cast<std::int64_t>(instances_.size());
  if (size - count(votes, Vote::no) >= quorum_) {
    co_return fail(ErrorCode::timeout, "too few instances answered");
  }
  co_return fail(ErrorCode::lost, "too few instances had the key");
}

bool RedlockLock::still_held(const Lease& lease) const {
  return !lease.until || !passed(*lease.until);
}

Backend redlock_entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend = entry(text, own);
  backend.claims.guarded_store = false;  // no store that is the lock's own
  backend.claims.checks_lease = true;
  backend.product = "redis";
  backend.servers = how_many;
  backend.server_names = server_names<how_many>;
  backend.fail_over = nullptr;  // no instance stands in for another
  backend.quorum = how_many / 2 + 1;
  backend.steps = {"taking-back"};
  return backend;
}

namespace {

constexpr RedlockRules as_specified{};

/// Longer than any lease: what an instance forgot is over when it comes back.
Task<void> serve_with_delayed_restart(Env& env, ServerOptions options) {
  const Duration lease = options.settings.duration("lease");
  options.settings.put("restart_delay", lease + lease / 10);
  return serve(env, std::move(options));
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock() {
  Backend lock = redis::redlock_entry({"redlock", "SET NX PX on a majority of five instances",
                                       "Redis documentation, Distributed Locks, Redlock"});
  lock.connect = redis::make_redlock<redis::as_specified>;
  return lock;
}

Backend backends::redlock_delayed_restart() {
  Backend lock = redis::redlock_entry(
      {"redlock-delayed-restart", "redlock whose instances stay away for a lease after a restart",
       "Redis documentation, Distributed Locks, Redlock"});
  lock.serve = redis::serve_with_delayed_restart;
  lock.connect = redis::make_redlock<redis::as_specified>;
  return lock;
}

}  // namespace lockstep
