#pragma once
// What the locks that live in a transaction share: BEGIN, the lock, the effects, and COMMIT as the
// release. All of it happens at the commit, or never did.

#include <map>
#include <string>

#include "backends/sql/driver.hpp"
#include "backends/sql/locks/resource_rows.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

class TransactionLock : public Lock {
 public:
  TransactionLock(Env& env, LockOptions options);

  /// In a transaction of its own, or in the one that another lock has begun: then an error ends
  /// that too.
  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  /// The last release of a transaction commits. Ends in `lost` when it was rolled back instead, in
  /// an indefinite error when nobody knows.
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override { return mine(lease); }
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;

 protected:
  /// What has to be there before a transaction; by default nothing.
  virtual Task<Result<void>> prepare(std::string name);
  /// The statement that takes the lock, if there is one.
  virtual std::optional<Statement> lock_statement_for(const std::string& name) const = 0;
  virtual Isolation isolation() const { return Isolation::read_committed; }

  Env& env_;
  Settings settings_;
  Driver driver_;

 private:
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up);
  Task<Result<void>> open_transaction(Duration lock_timeout);
  bool mine(const Lease& lease) const;
  /// The transaction is over, and everything in it lost; a session that lives is rolled back.
  Task<void> give_up_transaction();

  ResourceRows rows_;
  std::map<std::string, std::string> held_;  // lock -> the session; empty: no transaction is open
};

}  // namespace lockstep::sql
