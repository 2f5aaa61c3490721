#pragma once
// A lock of a Chubby cell: a file whose lock a session holds.

#include <memory>
#include <string>

#include "backends/chubby/client_session.hpp"
#include "core/lock.hpp"

namespace lockstep::chubby {

class ChubbyLock final : public Lock {
 public:
  ChubbyLock(Env& env, LockOptions options);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;
  Task<Result<StoredValue>> guarded_read(Lease lease, std::string resource) override;
  Task<Result<StoredValue>> guarded_write(Lease lease, std::string resource,
                                          std::int64_t value) override;

 private:
  Task<Result<void>> ready_session(SteadyTime give_up);
  /// One try, and, when the lock is held, the wait until it is worth another one: then `held`.
  Task<Result<Lease>> attempt(std::string name, SteadyTime give_up);
  /// Closes the handle: what was asked for with it may still arrive, even after an answer `held` to
  /// the same question asked again, and must take nothing.
  Task<Result<Lease>> give_up_on(std::string name);
  Lease hold(std::string name, std::uint64_t generation);
  Task<Result<StoredValue>> guarded(Lease lease, Request request);

  Env& env_;
  LockOptions options_;
  bool heeds_lease_;
  std::shared_ptr<ClientSession> session_;
  std::uint64_t handle_ = 0;  // of the file, for this acquire; never used again
  std::string owner_;         // of the hold under way; empty: none
};

}  // namespace lockstep::chubby
