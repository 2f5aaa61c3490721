// my-lock: a place in line at a lock service that agrees on a Raft log.
//
// Claims that no two clients believe at once, and a token that rises with each grant.
#include <lockstep/plugin.hpp>
#include <lockstep/raft.hpp>

namespace my_lock {

using namespace lockstep;

// The gap: the client believes until the service tells it that its session is over. After a pause
// it is told too late; with local_lease it stops by its own clock.
constexpr raft::service::ClientRules rules{.local_lease = false};

std::unique_ptr<Lock> connect(Env& client, LockOptions options) {
  return std::make_unique<raft::RaftLock>(client, std::move(options), rules);
}

Backend entry() {
  // "none": the service itself makes no mistake.
  Backend lock =
      raft::entry({"my-lock", "a place in line on a Raft log", "this project"}, "none", connect);
  lock.claims.checks_lease = false;
  return lock;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(my_lock::entry());
}
