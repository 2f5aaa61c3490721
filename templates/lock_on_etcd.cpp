// my-lock: etcd's own recipe, a key in line under a session's lease.
//
// Claims that no two clients believe at once, and a token that rises with each grant: the key's
// create revision.
#include <lockstep/etcd.hpp>
#include <lockstep/plugin.hpp>

namespace my_lock {

using namespace lockstep;

// The gap: nobody listens to Session.Done. A client whose lease ran out while it was paused goes
// on; with follows_done it stops by its own clock before the lease can end.
constexpr etcd::MutexRules rules{.follows_done = false};

class MyLock final : public etcd::Mutex {
 public:
  MyLock(Env& env, LockOptions options) : etcd::Mutex(env, std::move(options), rules) {}

  // A try that did not succeed is tried again at once by etcd::Mutex; to do otherwise, override
  // acquire() and call this.
  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    auto lease = co_await etcd::Mutex::acquire(std::move(name), patience);
    co_return lease;
  }
};

std::unique_ptr<Lock> connect(Env& client, LockOptions options) {
  return std::make_unique<MyLock>(client, std::move(options));
}

Backend entry() {
  Backend lock = etcd::entry({"my-lock", "a key in line under a session's lease", "this project"});
  lock.connect = connect;
  return lock;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(my_lock::entry());
}
