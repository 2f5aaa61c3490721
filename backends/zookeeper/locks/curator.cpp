// zk-reentrant, zk-leader-latch and zk-leader-selector: Curator's classes on the recipe of zk-seq.
//
// InterProcessMutex may be entered again by the handle that is in, and is left as often; a session
// is over when Curator's own clock says so. LeaderLatch and LeaderSelector elect by the same nodes,
// and whoever leads stops as its connection is lost: the latch says that it does not lead any more,
// the selector interrupts its work (CancelLeadershipException). Claims mutual exclusion while the
// session lives. Source: Curator 5, the classes of these names. Fencing token: the node's czxid.

#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr SequenceRules mutex_rules{.declares_loss = true};
constexpr SequenceRules leader_rules{.stops = Stops::at_suspended, .declares_loss = true};

class ReentrantLock final : public Lock {
 public:
  ReentrantLock(Env& env, LockOptions options) : mutex_(env, std::move(options), mutex_rules) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    if (entries_ > 0 && lease_.lock == name) {
      if (!mutex_.still_held(lease_)) co_return fail(ErrorCode::lost, "the session is over");
      ++entries_;
      co_return lease_;
    }
    auto entered = co_await mutex_.acquire(std::move(name), patience);
    if (!entered) co_return entered;
    lease_ = *entered;
    entries_ = 1;
    co_return entered;
  }
  Task<Result<void>> release(Lease lease) override {
    if (entries_ > 0) --entries_;
    if (entries_ > 0) co_return Result<void>();
    auto left = co_await mutex_.release(std::move(lease));
    co_return left;
  }
  bool still_held(const Lease& lease) const override { return mutex_.still_held(lease); }

 private:
  SequenceLock mutex_;
  Lease lease_;
  std::int64_t entries_ = 0;
};

Backend curator_entry(EntryText text) {
  Backend lock = entry(text);
  for (Parameter& parameter : slip_parameters()) lock.parameters.push_back(std::move(parameter));
  lock.claims.fifo = true;
  return lock;
}

std::unique_ptr<Lock> mutex(Env& client, LockOptions options) {
  return std::make_unique<ReentrantLock>(client, std::move(options));
}

std::unique_ptr<Lock> leader(Env& client, LockOptions options) {
  return std::make_unique<SequenceLock>(client, std::move(options), leader_rules);
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

Backend backends::zk_reentrant() {
  Backend lock =
      zookeeper::curator_entry({"zk-reentrant", "may be entered again by the handle that is in",
                                "Curator, InterProcessMutex"});
  lock.connect = zookeeper::mutex;
  return lock;
}

Backend backends::zk_leader_latch() {
  Backend lock = zookeeper::curator_entry({"zk-leader-latch",
                                           "leads until released, or until its connection is lost",
                                           "Curator, LeaderLatch"});
  lock.parameters.push_back({"reset_after", Duration(0),
                             "so long after a reconnect its node is taken out of line, whatever "
                             "became of it; 0: never"});
  lock.connect = zookeeper::leader;
  return lock;
}

Backend backends::zk_leader_selector() {
  Backend lock = zookeeper::curator_entry(
      {"zk-leader-selector", "leads while it works, and is interrupted with its connection",
       "Curator, LeaderSelector"});
  lock.connect = zookeeper::leader;
  return lock;
}

}  // namespace lockstep
