#pragma once
// A row that says who holds a lock and until when: a table with expiry, as ShedLock keeps one.

#include <optional>
#include <string>

#include "backends/sql/driver.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

/// What siblings do otherwise.
struct RowRules {
  enum class Clock { database, client, transaction };
  Clock clock = Clock::database;  // the one that says what time it is
  bool checks_deadline = true;    // the client stops when its lease is over by its steady clock
  bool looks_first = false;       // two statements: a SELECT finds it free, then a write takes it
  bool host_owns = false;         // the owner's name is its host's, which others may have, too
};

class RowTtlLock final : public Lock {
 public:
  RowTtlLock(Env& env, LockOptions options, RowRules rules);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 private:
  Task<Result<Lease>> attempt(std::string name);
  /// Ends in `held` when a SELECT sees that somebody has it.
  Task<Result<void>> look(std::string name);
  /// The other statements of the transaction in which the lock is taken.
  Task<Result<void>> begin_earlier();
  Task<Result<Answer>> ask(Statement statement);
  Expression now(Duration plus = {}) const;
  Statement take(const std::string& name) const;

  Env& env_;
  Settings settings_;
  RowRules rules_;
  Duration lease_;
  Driver driver_;
  std::string owner_;  // of the try under way, or the last
  SteadyTime taken_at_{};
};

}  // namespace lockstep::sql
