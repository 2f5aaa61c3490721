#pragma once
// What the locks by session-level advisory locks share: one session, a lock statement that waits
// on the server, an unlock on the same session.

#include <map>
#include <string>

#include "backends/sql/driver.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

class SessionLock : public Lock {
 public:
  SessionLock(Env& env, LockOptions options);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  /// pg_advisory_unlock, if the session that took the lock is still the one in use.
  Task<Result<void>> release(Lease lease) override;
  /// No only once a statement has shown that the session is over.
  bool still_held(const Lease& lease) const override { return mine(lease); }

 protected:
  /// One try: waits on the server until `give_up`. Ends in `held` when that passed.
  virtual Task<Result<Lease>> attempt(std::string name, SteadyTime give_up);
  /// Opens the session unless there is one.
  virtual Task<Result<void>> begin_session();
  /// One statement on the session.
  virtual Task<Result<Answer>> ask(Statement statement, Duration longer);
  /// nextval on the session that holds the lock: tokens rise in the order of the grants.
  virtual Task<Result<std::uint64_t>> take_token(std::string name);
  /// The session that took the lease holds it still, for all that the client knows.
  bool mine(const Lease& lease) const;
  /// To be called after whatever may have closed the session: what it held is lost.
  void notice_losses();

  Env& env_;
  Settings settings_;
  Driver driver_;
  std::map<std::string, std::string> held_;  // lock -> the session that holds it

 private:
  /// What goes into the key beside the name: nothing, unless the hash is another in each build.
  std::string salt() const;
};

/// The statement that locks `name`, by a hash of it and `salt`, as the record shall know it.
Statement lock_named(Verb verb, const std::string& name, LockLevel level,
                     const std::string& salt = {});

/// What a lock statement's answer is to an acquire: `held` when its wait was ended.
Result<void> granted(const Result<Answer>& answer);

}  // namespace lockstep::sql
