// redlock-extend: redlock, and a task extends the lease every third of it (compare and extend on
// all instances). An extension counts if a quorum agreed before the old validity was over; there is
// a bounded number of them.
//
// Claims what redlock claims, for holds of any length while the client runs and reaches a quorum.
// Source: Redis documentation, "Distributed Locks", "Making the algorithm more reliable: Extending
// the lock"; go-redsync, Extend; node-redlock, using (there when 500 ms are left).
// Fencing token: none.
//
// redlock-setnx-extend: an extension makes a new key where there is none, and nobody asks whether
//   the old validity was over: a hold that was lost goes on as if nothing had happened, although
//   another client may have come and gone meanwhile (go-redsync, WithSetNXOnExtend).
// redlock-extend-late: an extension counts whenever a quorum agreed, however long that took, and
//   its lease begins with the last answer (go-redsync#71).

#include <memory>

#include "backends/redis/locks/polling.hpp"
#include "backends/redis/locks/validity.hpp"
#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

/// What an extension sends, and when it counts.
struct ExtensionRules {
  std::string_view script = compare_and_extend;  // KEYS: lock. ARGV: owner, lease in ms
  bool within_validity = true;                   // only while the old validity lasts
  bool from_request = true;  // the new lease begins as it is asked for; else with the last answer
};

constexpr std::string_view extend_or_set = R"(
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
elseif not owner then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0)";

/// One hold as the lock and the task that extends it share it: it outlives whichever goes first.
struct Extension {
  Extension(Env& env, const LockOptions& options)
      : settings(options.settings), instances(env, masters_of(options), options.settings) {}

  Settings settings;
  Instances instances;  // its own connections: it must not wait for other commands' answers
  ExtensionRules rules;
  std::int64_t quorum = 0;
  std::string lock;
  std::string owner;
  SteadyTime until;
  bool stopped = false;
  bool lost = false;
};

/// Takes the votes on one extension, asked for at `asked_at`. False: it did not count.
bool extended(Env& env, Extension& hold, SteadyTime asked_at, const Votes& votes) {
  const SteadyTime now = env.steady_now();
  if (hold.rules.within_validity && now >= hold.until) {
    hold.lost = true;
    return false;
  }
  if (count(votes, Vote::yes) < hold.quorum) return false;
  const SteadyTime from = hold.rules.from_request ? asked_at : now;
  hold.until = from + validity(hold.settings);
  env.note(BeliefExtended{hold.lock, hold.owner, Deadline(hold.until)});
  return true;
}

/// Extends until stopped, lost, or too often.
Task<void> keep_extending(Env& env, std::shared_ptr<Extension> hold) {
  const Duration lease = hold->settings.duration("lease");
  const std::string key = lock_key(hold->lock);
  Duration pause = lease / 3;
  for (std::int64_t left = hold->settings.number("extensions"); left > 0;) {
    co_await env.sleep_for(pause);
    if (hold->stopped) co_return;
    co_await env.step("extending");
    if (hold->stopped) co_return;
    const SteadyTime asked_at = env.steady_now();
    Words extend = eval_words(hold->rules.script, key, hold->owner, lease_ms(lease));
    const auto votes = co_await hold->instances.ask_all(std::move(extend));
    if (hold->stopped) co_return;
    const bool counts = extended(env, *hold, asked_at, votes);
    if (hold->lost) co_return;
    // Without a quorum it is tried again soon.
    pause = counts ? lease / 3 : lease / 20;
    if (!counts) continue;
    --left;
    co_await env.step("extended");
  }
}

template <const ExtensionRules& rules>
class ExtendedRedlock final : public RedlockLock {
 public:
  ExtendedRedlock(Env& env, LockOptions options)
      : RedlockLock(env, options), options_(std::move(options)) {}

  Task<Result<void>> release(Lease lease) override {
    if (hold_ && hold_->owner == lease.owner) hold_->stopped = true;
    auto released = co_await RedlockLock::release(std::move(lease));
    co_return released;
  }

  bool still_held(const Lease& lease) const override {
    if (!hold_ || hold_->owner != lease.owner) return RedlockLock::still_held(lease);
    return !hold_->lost && !passed(hold_->until);
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto lease = co_await RedlockLock::attempt(std::move(name), std::move(owner));
    if (!lease) co_return lease;
    hold_ = std::make_shared<Extension>(env_, options_);
    hold_->rules = rules;
    hold_->quorum = quorum_;
    hold_->lock = lease->lock;
    hold_->owner = lease->owner;
    hold_->until = std::get<SteadyTime>(*lease->until);
    env_.spawn(keep_extending(env_, hold_));
    co_return lease;
  }

 private:
  LockOptions options_;
  std::shared_ptr<Extension> hold_;
};

constexpr ExtensionRules as_specified{};
constexpr ExtensionRules or_set{.script = extend_or_set, .within_validity = false};
constexpr ExtensionRules late{.within_validity = false, .from_request = false};

Backend extended_entry(EntryText text) {
  Backend lock = redlock_entry(
      text, {{"extensions", std::int64_t{100}, "how often a hold is extended at most"}});
  return with_steps(std::move(lock), {"extending", "extended"});
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_extend() {
  Backend lock =
      redis::extended_entry({"redlock-extend", "redlock, extended by a task within the validity",
                             "Redis documentation, Distributed Locks, Redlock"});
  lock.connect = redis::make_lock<redis::ExtendedRedlock<redis::as_specified>>;
  return lock;
}

Backend backends::redlock_setnx_extend() {
  Backend lock = redis::extended_entry({"redlock-setnx-extend",
                                        "redlock-extend whose extensions recreate lost keys",
                                        "go-redsync, WithSetNXOnExtend"});
  lock.connect = redis::make_lock<redis::ExtendedRedlock<redis::or_set>>;
  return lock;
}

Backend backends::redlock_extend_late() {
  Backend lock = redis::extended_entry(
      {"redlock-extend-late", "redlock-extend that never looks how long it took", "go-redsync#71"});
  lock.connect = redis::make_lock<redis::ExtendedRedlock<redis::late>>;
  return lock;
}

}  // namespace lockstep
