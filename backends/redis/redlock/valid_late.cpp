// redlock-valid-late: redlock whose application does not look at the validity that it was told, but
// asks the instances now and then whether the key is still its own, and goes on while a quorum says
// so.
//
// Claims what redlock claims. But the answers are as old as the slowest of them: four that came at
// once say nothing about the time at which the fifth comes, and while it is awaited the application
// goes on.
// Source: go-redsync#72, #65 (Valid). Fencing token: none.

#include <memory>

#include "backends/redis/locks/polling.hpp"
#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view compare = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return 1
end
return 0)";

/// One hold as the lock and the task that asks for it share it.
struct Inquiry {
  Inquiry(Env& env, const LockOptions& options)
      : instances(env, masters_of(options), options.settings) {}

  Instances instances;
  std::int64_t quorum = 0;
  Duration pause{};
  std::string lock;
  std::string owner;
  bool stopped = false;
  bool lost = false;
};

Task<void> keep_asking(Env& env, std::shared_ptr<Inquiry> hold) {
  const std::string key = lock_key(hold->lock);
  while (!hold->stopped) {
    co_await env.sleep_for(hold->pause);
    co_await env.step("asking");
    if (hold->stopped) co_return;
    const auto votes = co_await hold->instances.ask_all(eval_words(compare, key, hold->owner));
    if (hold->stopped || count(votes, Vote::yes) >= hold->quorum) continue;
    hold->lost = true;
    env.note(BeliefLost{hold->lock, hold->owner});
    co_return;
  }
}

constexpr RedlockRules tells_nothing{.tells_validity = false};

class ValidLateRedlock final : public RedlockLock {
 public:
  ValidLateRedlock(Env& env, LockOptions options)
      : RedlockLock(env, options, tells_nothing), options_(std::move(options)) {}

  Task<Result<void>> release(Lease lease) override {
    if (hold_ && hold_->owner == lease.owner) hold_->stopped = true;
    auto released = co_await RedlockLock::release(std::move(lease));
    co_return released;
  }

  bool still_held(const Lease& lease) const override {
    return !hold_ || hold_->owner != lease.owner || !hold_->lost;
  }

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override {
    auto lease = co_await RedlockLock::attempt(std::move(name), std::move(owner));
    if (!lease) co_return lease;
    hold_ = std::make_shared<Inquiry>(env_, options_);
    hold_->quorum = quorum_;
    hold_->pause = lease_ / 10;
    hold_->lock = lease->lock;
    hold_->owner = lease->owner;
    env_.spawn(keep_asking(env_, hold_));
    co_return lease;
  }

 private:
  LockOptions options_;
  std::shared_ptr<Inquiry> hold_;
};

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_valid_late() {
  Backend lock =
      redis::redlock_entry({"redlock-valid-late", "redlock whose application believes old answers",
                            "go-redsync#72, #65"});
  lock = redis::with_steps(std::move(lock), {"asking"});
  lock.connect = redis::make_lock<redis::ValidLateRedlock>;
  return lock;
}

}  // namespace lockstep
