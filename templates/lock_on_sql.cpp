// my-lock: pg_advisory_lock on a session that is kept for as long as the client lives.
//
// Claims that no two clients believe at once, in the order of asking.
#include <lockstep/plugin.hpp>
#include <lockstep/sql.hpp>

namespace my_lock {

using namespace lockstep;

// The gap: an advisory lock is the server's memory, and ends with its process. The client learns
// of it with its next statement, which may come long after somebody else got the lock: it acts in
// between. A token that the resource checks (RP2) makes that harmless.
class MyLock final : public sql::SessionLock {
 public:
  MyLock(Env& env, LockOptions options) : sql::SessionLock(env, std::move(options)) {}

 protected:
  // One try: SET lock_timeout, then SELECT pg_advisory_lock(hash of the name), then a token.
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up) override {
    auto lease = co_await sql::SessionLock::attempt(std::move(name), give_up);
    co_return lease;
  }
};

std::unique_ptr<Lock> connect(Env& client, LockOptions options) {
  return std::make_unique<MyLock>(client, std::move(options));
}

Backend entry() {
  Backend lock = sql::entry({"my-lock", "an advisory lock of a session", "this project"});
  lock.product = "pg";
  lock.connect = connect;
  return lock;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(my_lock::entry());
}
